import { DomainEvent } from '../events/domain-event.js';

/** A session was opened with a password. */
export class UserLoggedIn extends DomainEvent {
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly sessionId: string;
  declare readonly ipAddress: string | null;
  /** The User-Agent. */
  declare readonly deviceInfo: string | null;
  /** True when the device has not signed this user in before; false for the first one, of a new account. */
  declare readonly newDevice: boolean;
}
