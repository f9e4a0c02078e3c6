import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Who caused an event: the user of the account, an operator, a program, the service itself or its command line, or
 * someone who was not signed in.
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
