import type { EventRecorder, RecordedEvent } from '../events/recorded-event.js';
import { sanitizeOrigin, type RequestOrigin } from '../../platform/http/request-origin.js';
import { SignInFailed, type SignInFailureReason } from './attempt.events.js';
import type { LockoutConfig } from './lockout.options.js';
import type { Logger } from '../../platform/logger.js';
import type { AddressPseudonyms } from '../users/address-pseudonyms.js';

/** A failed attempt to sign in or to confirm a password. */
export interface FailedSignIn {
  readonly email: string;
  /** Null if the address has no active account. */
  readonly userId: string | null;
  /** The session in which the password had to be entered again; null for a sign-in. */
  readonly sessionId: string | null;
  readonly origin: RequestOrigin;
}

/** Reports rejected passwords to operators. */
export class SignInFailures {
  constructor(
    private readonly deps: {
      readonly config: LockoutConfig;
      readonly eventRecorder: EventRecorder;
      readonly logger: Logger;
      readonly pseudonyms: AddressPseudonyms;
    },
  ) {}

  /**
   * Logs why a password was rejected, and returns the event to store. Neither contains the address. Attempts that count for
   * the lockout are in the audit trail: it limits how many an account can have, so that nobody can fill the trail.
   */
  record(
    { email, userId, sessionId, origin }: FailedSignIn,
    { code }: { readonly code: `AUTH_${SignInFailureReason}` },
    { isCounted }: { readonly isCounted: boolean },
  ): RecordedEvent {
    const { config, eventRecorder, logger, pseudonyms } = this.deps;
    const reason = code.replace('AUTH_', '') as SignInFailureReason;
    const { ipAddress, userAgent } = sanitizeOrigin(origin);
    const fields = { userId, sessionId, reason, ipAddress, userAgent };
    logger.info({ event: SignInFailed.name, ...fields, address: pseudonyms.of(email) }, 'a sign-in failed');
    const isTrailed = isCounted && config.lockout.enabled && userId !== null;
    return eventRecorder.record(SignInFailed, fields, {
      actor: sessionId === null ? { kind: 'ANONYMOUS', id: null } : { kind: 'USER', id: userId },
      ...{ sessionId, ipAddress, userAgent },
      ...(!isTrailed && { isTrailed: false }),
    });
  }
}
