import { DomainEvent } from '../../core/events/domain-event.js';

/** The user ended the current session. */
export class UserLoggedOut extends DomainEvent {
  declare readonly userId: string;
  declare readonly sessionId: string;
}

/** A refresh token came back after it had been replaced: it has been copied, and its session was revoked. */
export class RefreshTokenReuseDetected extends DomainEvent {
  declare readonly userId: string;
  declare readonly sessionId: string;
}
