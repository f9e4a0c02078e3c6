import type { EventRecorder, RecordedEvent } from '../events/recorded-event.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import type { DomainError } from '../errors/errors.js';
import { SignInFailed } from './attempt.events.js';
import type { LockoutConfig } from './lockout.options.js';
import type { Logger } from '../../platform/logger.js';
import type { AddressPseudonyms } from '../users/address-pseudonyms.js';

/**
 * The reasons of attempts that count for the lockout. It limits how many of them an account can have, so that strangers
 * cannot fill the audit trail.
 */
const TRAILED: ReadonlySet<string> = new Set(['INVALID_CREDENTIALS', 'EMAIL_NOT_VERIFIED']);

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

  /** Logs why a password was rejected, and returns the event to store. Neither contains the address. */
  record({ email, userId, sessionId, origin }: FailedSignIn, { code }: DomainError): RecordedEvent {
    const { config, eventRecorder, logger, pseudonyms } = this.deps;
    const reason = code.replace('AUTH_', '');
    const fields = { userId, sessionId, reason, ipAddress: origin.ipAddress, userAgent: origin.userAgent };
    logger.info({ event: SignInFailed.name, ...fields, address: pseudonyms.of(email) }, 'a sign-in failed');
    const isBounded = config.lockout.enabled && userId !== null && TRAILED.has(reason);
    return eventRecorder.record(SignInFailed, fields, {
      actor: sessionId === null ? { kind: 'ANONYMOUS', id: null } : { kind: 'USER', id: userId },
      ...{ sessionId, ipAddress: origin.ipAddress, userAgent: origin.userAgent },
      ...(!isBounded && { isTrailed: false }),
    });
  }
}
