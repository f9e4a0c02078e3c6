import { AccountLocked, AccountUnlocked, SignInFailed } from '../attempts/attempt.events.js';
import { UserLoggedIn } from '../authentication/authentication.events.js';
import { SessionRevoked } from '../sessions/session.events.js';
import { EmailVerified, VerificationLinkRequested } from '../users/user.events.js';

/** The events of the core, available whichever features are enabled. */
export const CORE_EVENTS = {
  UserLoggedIn,
  SignInFailed,
  AccountLocked,
  AccountUnlocked,
  SessionRevoked,
  VerificationLinkRequested,
  EmailVerified,
};
