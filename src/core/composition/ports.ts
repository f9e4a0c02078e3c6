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
   * Where the log goes; a pino instance is accepted.
   * @default JSON lines on standard error, from level `info` on
   */
  readonly logger: Logger;
  /**
   * How emails are sent, such as `createSmtpMailer({ url, from })`. Without one none are: listen to
   * `EmailVerificationRequested`, `PasswordResetRequested` and `EmailChangeRequested` to send them yourself, or say with
   * `false` that nobody does. Otherwise `start()` warns in production.
   * @default undefined
   */
  readonly mailer: Mailer | false | undefined;
  /** Adds claims to access tokens; without it their scopes are the roles. */
  readonly claims: ClaimsHook | undefined;
}
