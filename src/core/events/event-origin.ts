import { AsyncLocalStorage } from 'node:async_hooks';
import { readRequestOrigin } from '../../platform/http/request-origin.js';
import { isUuid } from '../../platform/random.js';

/**
 * Who caused an event: the user of the account, an operator, a program, the service itself or its command line, or
 * someone who did not have to sign in.
 */
export type EventActorKind = 'USER' | 'OPERATOR' | 'SERVICE' | 'SYSTEM' | 'ANONYMOUS';

/** Who caused an event. */
export interface EventActor {
  readonly kind: EventActorKind;
  /** The user or program; null for `SYSTEM` and `ANONYMOUS`. */
  readonly id: string | null;
}

/** Who caused an event, and from where. */
export interface EventOrigin {
  readonly actor: EventActor;
  /** The session in which it was done, if any. */
  readonly sessionId: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** The origin of work outside of requests. */
export const SYSTEM_ORIGIN: EventOrigin = {
  actor: { kind: 'SYSTEM', id: null },
  sessionId: null,
  ipAddress: null,
  userAgent: null,
};

const ACTOR_KINDS: readonly string[] = ['USER', 'OPERATOR', 'SERVICE', 'SYSTEM', 'ANONYMOUS'];

/**
 * Completes what a caller says about itself. An address that is none becomes null, and a User-Agent is cut.
 * @throws TypeError the kind of the actor is unknown, or an id is not a UUID
 */
export function readOrigin({ actor, sessionId = null, ipAddress, userAgent }: GivenOrigin): EventOrigin {
  if (!ACTOR_KINDS.includes(actor.kind)) throw new TypeError(`actor.kind must be one of ${ACTOR_KINDS.join(', ')}`);
  for (const [name, id] of Object.entries({ 'actor.id': actor.id, sessionId }))
    if (id !== null && !isUuid(id)) throw new TypeError(`${name} must be a UUID or null`);
  const { ipAddress: address, userAgent: agent } = readRequestOrigin(ipAddress ?? undefined, userAgent ?? undefined);
  const ids = { actor: { kind: actor.kind, id: lowerCase(actor.id) }, sessionId: lowerCase(sessionId) };
  return { ...ids, ipAddress: address, userAgent: agent };
}

/** The outbox stores ids as text, which is compared case-sensitively. */
const lowerCase = (id: string | null): string | null => id?.toLowerCase() ?? null;

/** Who causes events, as a caller says. */
export type GivenOrigin = Pick<EventOrigin, 'actor'> & Partial<EventOrigin>;

interface Work {
  readonly origin: EventOrigin;
  /** The origin of the event that a listener is handling. */
  readonly cause?: EventOrigin;
}

/** Remembers who works, so that every event that is recorded in the meantime names them. */
export class EventOrigins {
  private readonly working = new AsyncLocalStorage<Work>();

  /** The origin of the running work; the service itself if nothing else has been said. */
  get current(): EventOrigin {
    return this.working.getStore()?.origin ?? SYSTEM_ORIGIN;
  }

  /** The origin of the event that is being handled, or else that of the running work. */
  get cause(): EventOrigin {
    return this.working.getStore()?.cause ?? this.current;
  }

  /** Does work for a caller. */
  run<T>(origin: EventOrigin, work: () => T): T {
    return this.working.run({ origin }, work);
  }

  /** Handles an event. What a listener does is done by the service, not by whoever caused the event. */
  handle<T>(cause: EventOrigin, work: () => T): T {
    return this.working.run({ origin: SYSTEM_ORIGIN, cause }, work);
  }
}
