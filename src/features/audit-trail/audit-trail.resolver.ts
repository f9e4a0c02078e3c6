import { ForbiddenError } from '@auth-subgraph/verifier';
import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { countEventPage } from '../../core/graphql/page-arguments.js';
import { UserType } from '../../core/users/user.type.js';
import { mutationOf } from '../../platform/graphql/mutation-of.js';
import type { SecurityEvent } from './security-event.js';
import type { SecurityEventService } from './security-event.service.js';
import { AuthSecurityEventConnectionType, positionOf, SecurityEventsArgs } from './security-event.type.js';

@Resolver(() => UserType)
export class AuditTrailResolver {
  constructor(private readonly service: SecurityEventService) {}

  @FieldResolver(() => AuthSecurityEventConnectionType, {
    nullable: true,
    description:
      'What happened to the account, newest first. An event is listed within about a second. Visible only to this user; otherwise `null` with a `FORBIDDEN` error.',
  })
  async securityEvents(
    @Root() user: UserType,
    @Args(() => SecurityEventsArgs) args: SecurityEventsArgs,
    @Ctx() { loaders, viewer }: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AuthSecurityEventConnectionType> {
    const { id } = user.own;
    const position = positionOf(args);
    // Each mutation of a request must see the changes of the previous one.
    const key = `securityEvents:${mutationOf(info)}:${id}:${JSON.stringify(position)}`;
    // Verifying an address proves the mailbox, not the account.
    if (viewer.kind !== 'authenticated' || viewer.userId !== id) throw new ForbiddenError();
    countEventPage(loaders, 'securityEvents', key);
    const { events, hasMore } = await loaders.get(key, () => this.service.list(id, position, viewer));
    const visible = { events: events.map((event) => withoutOthers(event, id)), hasMore };
    return new AuthSecurityEventConnectionType(visible, position.after !== undefined);
  }
}

/** Users learn that somebody else acted, such as an operator, but neither who nor from where. */
function withoutOthers(event: SecurityEvent, userId: string): SecurityEvent {
  const { kind, id } = event.actor;
  const isOther = id !== userId && (id !== null || kind === 'OPERATOR' || kind === 'SERVICE');
  if (!isOther) return event;
  const sessionId = event.name === 'SessionRevoked' ? event.sessionId : null;
  return { ...event, actor: { kind, id: null }, sessionId, ipAddress: null, userAgent: null };
}
