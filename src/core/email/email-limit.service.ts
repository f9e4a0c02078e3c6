import { createHash } from 'node:crypto';
import type { RecordedEvent } from '../events/recorded-event.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { addSeconds, secondsUntil, type Clock } from '../../platform/clock.js';
import { TooManyRequestsError } from '../errors/errors.js';
import { networkOf } from '../../platform/http/origin-network.js';
import type { EmailConfig } from './email.options.js';
import type { EmailLimitRepository } from './email-limit.repository.js';
import type { EmailQuota, RequestQuotas } from './email-limit.row.js';
import type { EmailLimitRule } from './email-definition.js';

const HOUR_SECONDS = 60 * 60;
/** Longer than a delivery is retried. */
const REMEMBER_EVENT_SECONDS = 2 * 24 * HOUR_SECONDS;
/** What a limit of 0 stands for. */
const NO_LIMIT = 2 ** 31 - 1;

export interface EmailLimitDependencies {
  readonly emailLimitRepository: EmailLimitRepository;
  readonly config: EmailConfig;
  readonly clock: Clock;
}

/** Limits how many emails of each kind a recipient gets, and how many an account or a request's origin causes. */
export class EmailLimitService {
  constructor(private readonly deps: EmailLimitDependencies) {}

  /** What an anonymous request for an email counts under. Whether there is an account makes no difference. */
  quotasOf(kind: string, email: string, { ipAddress }: RequestOrigin): RequestQuotas {
    const { intervalSeconds, maxPerHour, maxPerOriginPerHour } = this.deps.config.emailLimit;
    const isLimited = ipAddress !== null && maxPerOriginPerHour > 0;
    return {
      origin: isLimited ? this.quota(`origin:${networkOf(ipAddress)}`, 0, maxPerOriginPerHour) : undefined,
      recipient: this.quota(`${kind}:${email}`, intervalSeconds, maxPerHour),
    };
  }

  /**
   * Writes the events of a requested email. If the recipient's quota is used up it writes none, and does not say so:
   * the last link still works.
   * @throws TooManyRequestsError too many emails were requested from one client address
   */
  async request(kind: string, email: string, origin: RequestOrigin, events: readonly RecordedEvent[]): Promise<void> {
    const quotas = this.quotasOf(kind, email, origin);
    const allowed = await this.deps.emailLimitRepository.request(quotas, events);
    if (!allowed) throw await this.refusal(quotas.origin ?? quotas.recipient);
  }

  /**
   * Counts a change of address, within the transaction that is open.
   * @throws TooManyRequestsError the account or the new address has had too many
   */
  async takeChange(userId: string, newEmail: string): Promise<void> {
    const { intervalSeconds, maxPerHour } = this.deps.config.emailLimit;
    const account = this.quota(`change-email:${userId}`, 0, maxPerHour);
    const recipient = this.quota(`change-email-confirm:${newEmail}`, intervalSeconds, maxPerHour);
    const usedUp = await this.deps.emailLimitRepository.takeBoth(account, recipient);
    if (usedUp) throw await this.refusal(usedUp);
  }

  /**
   * Whether an email that tells of something may be sent. The retries of one delivery count once. What must not go
   * unnoticed may follow the last email at once; what a request alone causes may not.
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

  /** Lets a recipient ask for another email of a kind at once, since the last one has been used. */
  async allowNext(kind: string, email: string): Promise<void> {
    await this.deps.emailLimitRepository.allowNext(hashOf(`${kind}:${email}`), this.deps.clock.now());
  }

  /** The error that says when a quota that is used up allows an email again. */
  async refusal(quota: EmailQuota): Promise<TooManyRequestsError> {
    return new TooManyRequestsError(secondsUntil(await this.deps.emailLimitRepository.allowsFrom(quota), quota.now));
  }

  private quota(key: string, intervalSeconds: number, maxPerHour: number): EmailQuota {
    const now = this.deps.clock.now();
    return {
      keyHash: hashOf(key),
      maximum: maxPerHour === 0 ? NO_LIMIT : maxPerHour,
      now,
      // Without an interval never in the future: requests at the same time differ by milliseconds.
      nextAt: intervalSeconds === 0 ? new Date(0) : addSeconds(now, intervalSeconds),
      resetsAt: addSeconds(now, HOUR_SECONDS),
    };
  }
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(`email:${key}`).digest();
}
