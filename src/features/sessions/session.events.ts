import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** The user logged out of the current session. */
export class UserLoggedOut extends DomainEvent {
  static readonly trail: TrailOf<UserLoggedOut> = [];
  declare readonly userId: string;
  declare readonly sessionId: string;
}

/** A replaced refresh token was used again after its grace period. It may be stolen, so its session was revoked. */
export class RefreshTokenReuseDetected extends DomainEvent {
  static readonly trail: TrailOf<RefreshTokenReuseDetected> = [];
  static readonly isLoggedWhenRecorded = true;
  declare readonly userId: string;
  declare readonly sessionId: string;
}
