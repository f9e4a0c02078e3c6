import type { Clock } from '../../platform/clock.js';
import type { Logger } from '../../platform/logger.js';
import type { Random } from '../../platform/random.js';
import type { PasswordHasher } from '../credentials/password-hasher.js';
import type { Mailer } from '../email/mailer.js';
import type { ClaimsHook } from '../sessions/custom-claims.js';

/** The parts that tests and applications may replace. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly hasher: PasswordHasher;
  /**
   * The logger, for example a pino instance.
   * @default JSON lines on standard error, level `info` and above
   */
  readonly logger: Logger;
  /**
   * How emails are sent, for example `createSmtpMailer({ url, from })`. If it is not set, no emails are sent: listen to
   * `EmailVerificationRequested`, `PasswordResetRequested` and `EmailChangeRequested` to send them yourself, or set
   * `false` to send none. Otherwise `start()` logs a warning in production.
   * @default undefined
   */
  readonly mailer: Mailer | false | undefined;
  /** Adds claims to access tokens. Without it, the scopes of a token are the user's roles. */
  readonly claims: ClaimsHook | undefined;
}
