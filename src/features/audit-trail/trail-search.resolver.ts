import { isIP } from 'node:net';
import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { CurrentOperator } from '../../core/graphql/current-operator.js';
import { OperatorScopes } from '../../core/graphql/operator-scopes.js';
import { badArgument, countSearch, requirePageSize } from '../../core/graphql/page-arguments.js';
import { toRequestError } from '../../core/graphql/search-failure.js';
import type { Operator } from '../../core/management/operator.js';
import { isUuid } from '../../platform/random.js';
import { AuthSecurityEventConnectionType, readCursor, readNames } from './security-event.type.js';
import type { TrailFilter } from './trail-search.js';
import type { TrailSearchService } from './trail-search.service.js';
import { AdminSecurityEventFilter, DEFAULT_TRAIL_PAGE } from './trail-search.type.js';

@Resolver()
export class TrailSearchResolver {
  constructor(private readonly service: TrailSearchService) {}

  @OperatorScopes('auth:audit:read')
  @Query(() => AuthSecurityEventConnectionType, {
    nullable: true,
    description:
      'The audit trail, newest first. Requires the scope `auth:audit:read`. Without `userId`, `actorId` or `ipAddress`, `names` looks back 31 days. Fails with `BAD_USER_INPUT` for an invalid cursor, filter or page size, or for more than five searches and counts in a request, and with `OPERATION_TOO_COMPLEX` if a search takes longer than two seconds.',
  })
  async adminSecurityEvents(
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_TRAIL_PAGE, description: 'From 1 to 100.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'The cursor of the event that the page follows.' })
    after: string | null | undefined,
    @Arg('filter', () => AdminSecurityEventFilter, { nullable: true })
    filter: AdminSecurityEventFilter | null | undefined,
    @CurrentOperator() operator: Operator,
    @Ctx() { loaders }: GraphQLContext,
  ): Promise<AuthSecurityEventConnectionType> {
    countSearch(loaders);
    const position = { first: requirePageSize(first ?? DEFAULT_TRAIL_PAGE), after: readCursor(after) };
    const page = await this.service.search(readFilter(filter ?? {}), position, operator).catch(toRequestError);
    return new AuthSecurityEventConnectionType(page, position.after !== undefined);
  }
}

function readFilter({
  userId,
  actorId,
  ipAddress,
  names,
  since,
  until,
}: Partial<AdminSecurityEventFilter>): TrailFilter {
  return {
    userId: readId('userId', userId),
    actorId: readId('actorId', actorId),
    ipAddress: readAddress(ipAddress),
    names: readNames(names),
    since: since ?? undefined,
    until: until ?? undefined,
  };
}

function readAddress(address: string | null | undefined): string | undefined {
  if (address == null) return undefined;
  if (isIP(address) === 0) throw badArgument('`ipAddress` is not an IP address.');
  return address;
}

function readId(field: string, id: string | null | undefined): string | undefined {
  if (id == null) return undefined;
  if (!isUuid(id)) throw badArgument(`\`${field}\` is not an id.`);
  return id;
}
