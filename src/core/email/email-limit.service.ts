import type { RecordedEvent } from '../events/recorded-event.js';
import { UNKNOWN_ORIGIN, type RequestOrigin } from '../../platform/http/request-origin.js';
import { addSeconds, secondsUntil, type Clock } from '../../platform/clock.js';
import { sha256 } from '../../platform/sha256.js';
import { TooManyRequestsError } from '../errors/errors.js';
import { networkOfOrigin } from '../../platform/http/origin-network.js';
import type { EmailConfig } from './email.options.js';
import type { EmailLimitRepository } from './email-limit.repository.js';
import type { EmailLimits, EmailQuota, RequestQuotas } from './email-limit.row.js';
import type { EmailLimitRule } from './email-definition.js';

const HOUR_SECONDS = 60 * 60;
/** Longer than deliveries are retried. */
const REMEMBER_EVENT_SECONDS = 2 * 24 * HOUR_SECONDS;
/** Stands for a limit of 0. */
const NO_LIMIT = 2 ** 31 - 1;

export interface EmailLimitDependencies {
  readonly emailLimitRepository: EmailLimitRepository;
  readonly config: EmailConfig;
  readonly clock: Clock;
}

/** Limits the emails of each kind that a recipient gets, and that an account or a request origin causes. */
export class EmailLimitService {
  constructor(private readonly deps: EmailLimitDependencies) {}

  /** Returns the quotas of an anonymous request for an email. They do not depend on whether there is an account. */
  quotasOf(kind: string, email: string, origin: RequestOrigin): RequestQuotas {
    const { intervalSeconds, maxPerHour, maxPerOriginPerHour } = this.deps.config.emailLimit;
    const network = maxPerOriginPerHour > 0 ? networkOfOrigin(origin) : undefined;
    return {
      origin: network === undefined ? undefined : this.quota(`origin:${network}`, 0, maxPerOriginPerHour),
      recipient: this.quota(`${kind}:${email}`, intervalSeconds, maxPerHour),
    };
  }

  /**
   * Stores the events of a requested email. If the quota of the recipient is used up, it silently stores none: the last
   * link still works.
   * @throws TooManyRequestsError too many emails were requested from one client address
   */
  async request(kind: string, email: string, origin: RequestOrigin, events: readonly RecordedEvent[]): Promise<void> {
    const quotas = this.quotasOf(kind, email, origin);
    const allowed = await this.deps.emailLimitRepository.request(quotas, events);
    if (!allowed) throw await this.refusal(quotas.origin ?? quotas.recipient);
  }

  /**
   * Counts the emails of a change of address, in the current transaction.
   * @throws TooManyRequestsError the account or the new address has reached its limit
   */
  async takeChange(userId: string, newEmail: string): Promise<void> {
    const { intervalSeconds, maxPerHour } = this.deps.config.emailLimit;
    const account = this.quota(`change-email:${userId}`, 0, maxPerHour);
    const recipient = this.quota(`change-email-confirm:${newEmail}`, intervalSeconds, maxPerHour);
    const usedUp = await this.deps.emailLimitRepository.takeBoth(account, recipient);
    if (usedUp) throw await this.refusal(usedUp);
  }

  /** Returns the limits of a recipient, for a statement that finds out the address itself. */
  get recipientLimits(): EmailLimits {
    const { intervalSeconds, maxPerHour } = this.deps.config.emailLimit;
    return this.limits(intervalSeconds, maxPerHour);
  }

  /** Returns the error that says when a recipient who has reached the limit may get the next email of a kind. */
  async recipientRefusal(kind: string, email: string): Promise<TooManyRequestsError> {
    return this.refusal(this.quotasOf(kind, email, UNKNOWN_ORIGIN).recipient);
  }

  /**
   * Returns whether a notice may be sent. Retries of one delivery count once. An important notice may follow the last
   * email at once; a notice that anyone can trigger with a request may not.
   */
  async allowsNotice(
    kind: string,
    rule: EmailLimitRule,
    { to, eventId }: { to: string; eventId: string },
  ): Promise<boolean> {
    const { intervalSeconds, maxPerHour } = this.deps.config.emailLimit;
    const key = `${kind}:${to}`;
    const quota = rule === 'interval' ? this.quota(key, intervalSeconds, 0) : this.quota(key, 0, maxPerHour);
    const forgetAt = addSeconds(quota.now, REMEMBER_EVENT_SECONDS);
    return this.deps.emailLimitRepository.takeOnce(quota, { keyHash: hashOf(`event:${kind}:${eventId}`), forgetAt });
  }

  /** Allows a recipient to request another email of a kind at once, because the last one has been used. */
  async allowNext(kind: string, email: string): Promise<void> {
    await this.deps.emailLimitRepository.allowNext(hashOf(`${kind}:${email}`), this.deps.clock.now());
  }

  /**
   * Returns the keys of all counts of a recipient and account, to erase them. Counts of a request origin are not among them.
   * @param kinds the kinds of emails
   */
  keysOf({ id, email }: { readonly id: string; readonly email: string }, kinds: readonly string[]): Buffer[] {
    return [...kinds.map((kind) => hashOf(`${kind}:${email}`)), hashOf(`change-email:${id}`)];
  }

  /** Returns the error that says when a quota that is used up allows the next email. */
  async refusal(quota: EmailQuota): Promise<TooManyRequestsError> {
    return new TooManyRequestsError(secondsUntil(await this.deps.emailLimitRepository.allowsFrom(quota), quota.now));
  }

  private quota(key: string, intervalSeconds: number, maxPerHour: number): EmailQuota {
    return { keyHash: hashOf(key), ...this.limits(intervalSeconds, maxPerHour) };
  }

  private limits(intervalSeconds: number, maxPerHour: number): EmailLimits {
    const now = this.deps.clock.now();
    return {
      maximum: maxPerHour === 0 ? NO_LIMIT : maxPerHour,
      now,
      // Without an interval, never in the future: concurrent requests may differ by milliseconds.
      nextAt: intervalSeconds === 0 ? new Date(0) : addSeconds(now, intervalSeconds),
      resetsAt: addSeconds(now, HOUR_SECONDS),
    };
  }
}

/** A statement that finds out the address itself computes the same with `recipientKey`. */
function hashOf(key: string): Buffer {
  return sha256(`email:${key}`);
}
