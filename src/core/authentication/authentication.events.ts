import { DomainEvent, type TrailOf } from '../events/domain-event.js';

/** A user signed in, by any method. Also recorded if a registration opens a session. */
export class UserLoggedIn extends DomainEvent {
  static readonly trail: TrailOf<UserLoggedIn> = ['methods', 'newDevice'];
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly sessionId: string;
  /** How the user was authenticated, such as `['pwd']`. @see RFC 8176 §2 */
  declare readonly methods: readonly string[];
  declare readonly ipAddress: string | null;
  /** The User-Agent header. */
  declare readonly deviceInfo: string | null;
  /** True if this user has not signed in from the device before; false for the first sign-in to an account. */
  declare readonly newDevice: boolean;
}
