import type { EventOrigin, EventOrigins } from '../events/event-origin.js';
import type { EventSignal } from '../events/event-signal.js';
import type { GraphQLContext } from './context.js';
import type { AroundMutation, MutationCaller } from './schema.js';

/**
 * Who calls, and from where. A public mutation does not name the user or the service account of an access token: nothing
 * checks that its session or account is live, and the mutation may be about another account.
 */
function eventOriginOf(
  { origin: { ipAddress, userAgent }, viewer }: GraphQLContext,
  caller: MutationCaller,
): EventOrigin {
  const from = { ipAddress, userAgent };
  if (caller !== 'anyone' && viewer.kind === 'authenticated') {
    const kind = caller === 'operator' ? 'OPERATOR' : 'USER';
    return { actor: { kind, id: viewer.userId }, sessionId: viewer.sessionId, ...from };
  }
  if (caller !== 'anyone' && viewer.kind === 'service')
    return { actor: { kind: 'SERVICE', id: viewer.serviceId }, sessionId: null, ...from };
  return { actor: { kind: 'ANONYMOUS', id: null }, sessionId: null, ...from };
}

/** Events that a mutation records name its caller, and wake the relay when it ends. */
export function aroundMutation({
  eventOrigins,
  eventSignal,
}: {
  readonly eventOrigins: EventOrigins;
  readonly eventSignal: EventSignal;
}): AroundMutation {
  return (context, resolve, caller) =>
    eventOrigins.run(eventOriginOf(context, caller), () => eventSignal.after(resolve));
}
