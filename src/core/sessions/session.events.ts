import { DomainEvent } from '../events/domain-event.js';

/** A session was ended before it expired. */
export class SessionRevoked extends DomainEvent {
  declare readonly userId: string;
  declare readonly sessionId: string;
  declare readonly reason: string;
}
