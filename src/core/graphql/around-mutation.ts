import type { EventOrigin, EventOrigins } from '../events/event-origin.js';
import type { EventSignal } from '../events/event-signal.js';
import type { GraphQLContext } from './context.js';
import type { AroundMutation } from './schema.js';

/** Who calls, and from where. */
function eventOriginOf(
  { origin: { ipAddress, userAgent }, viewer }: GraphQLContext,
  kind: 'USER' | 'OPERATOR',
): EventOrigin {
  const from = { ipAddress, userAgent };
  if (viewer.kind === 'authenticated')
    return { actor: { kind, id: viewer.userId }, sessionId: viewer.sessionId, ...from };
  if (viewer.kind === 'service') return { actor: { kind: 'SERVICE', id: viewer.serviceId }, sessionId: null, ...from };
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
  return (context, resolve, caller) => {
    const origin = eventOriginOf(context, caller === 'operator' ? 'OPERATOR' : 'USER');
    return eventOrigins.run(origin, () => eventSignal.after(resolve));
  };
}
