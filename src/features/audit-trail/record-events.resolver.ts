import { requireScopes } from '@auth-subgraph/verifier';
import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { GraphQLContext } from '../../core/graphql/context.js';
import type { OperatorScope } from '../../core/graphql/operator-scopes.js';
import { countEventPage } from '../../core/graphql/page-arguments.js';
import { AuthUserRecordType } from '../../core/management/user-record.type.js';
import { mutationOf } from '../../platform/graphql/mutation-of.js';
import type { SecurityEventPage } from './security-event.js';
import type { SecurityEventService } from './security-event.service.js';
import { AuthSecurityEventConnectionType, positionOf, SecurityEventsArgs } from './security-event.type.js';

@Resolver(() => AuthUserRecordType)
export class RecordEventsResolver {
  constructor(private readonly service: SecurityEventService) {}

  @FieldResolver(() => AuthSecurityEventConnectionType, {
    nullable: true,
    description: 'What happened to the account, newest first. Requires the scope `auth:audit:read`.',
  })
  async securityEvents(
    @Root() { id }: AuthUserRecordType,
    @Args(() => SecurityEventsArgs) args: SecurityEventsArgs,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AuthSecurityEventConnectionType> {
    requireScopes(context, 'auth:audit:read' satisfies OperatorScope, { services: true });
    const position = positionOf(args);
    const key = `recordEvents:${mutationOf(info)}:${JSON.stringify(position)}`;
    countEventPage(context.loaders, 'recordEvents', key);
    const find = (ids: readonly string[]): Promise<SecurityEventPage[]> => this.service.listForEach(ids, position);
    const page = await context.loaders.get(key, () => new DataLoader(find)).load(id);
    return new AuthSecurityEventConnectionType(page, position.after !== undefined);
  }
}
