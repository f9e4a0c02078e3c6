import { hash } from 'node:crypto';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { networkOfOrigin } from '../../platform/http/origin-network.js';
import { sanitizeOrigin, type RequestOrigin } from '../../platform/http/request-origin.js';
import type { Logger } from '../../platform/logger.js';
import { TooManyRequestsError } from '../errors/errors.js';
import type { OnReached } from './deferred-limiter.js';
import type { RateLimitKey } from './rate-limit-rule.js';
import { withSharedTimeout } from './store-breaker.js';

/** One call of an operation. */
export interface Call {
  /** The normalized address or the id that the call names. */
  readonly account?: string | undefined;
  readonly origin?: RequestOrigin | undefined;
  /** Whether the caller has a known device of the account, so that the calls of others cannot lock it out. */
  readonly isKnown?: (() => Promise<boolean>) | undefined;
}

/** Counts calls by one kind of key. */
export interface Counter {
  readonly key: RateLimitKey;
  readonly limiter: { consume(key: string, onReached: OnReached): Promise<RateLimiterRes> };
}

type Window = Pick<RateLimiterRes, 'msBeforeNext'>;

interface Counted extends Pick<RateLimiterRes, 'remainingPoints' | 'msBeforeNext'> {
  readonly isOver: boolean;
}

/** Limits the calls of one operation. */
export class RateLimit {
  constructor(
    private readonly operation: string,
    private readonly counters: readonly Counter[],
    private readonly logger: Logger,
  ) {}

  /**
   * Counts a call. Must run before any expensive work.
   * @throws TooManyRequestsError the call exceeds a limit
   */
  take(call: Call): Promise<void> {
    return withSharedTimeout(() => this.countByEachKey(call));
  }

  private async countByEachKey(call: Call): Promise<void> {
    for (const { key, limiter } of this.counters) {
      const subject = subjectOf(key, call);
      if (subject === undefined) continue;
      const onReached: OnReached = (total) => {
        this.report(key, total, call);
      };
      const counted = await count(limiter, `${this.operation}:${key}:${subject}`, onReached);
      if (counted.isOver && (key === 'origin' || !(await call.isKnown?.())))
        throw new TooManyRequestsError(secondsLeft(counted));
      // The last allowed call of a window occurs once, so there is one line per window.
      if (!counted.isOver && counted.remainingPoints === 0) this.report(key, counted, call);
    }
  }

  private report(limit: RateLimitKey, reached: Window, { origin }: Call): void {
    const { operation } = this;
    const retryAfterSeconds = secondsLeft(reached);
    const ipAddress = origin ? sanitizeOrigin(origin).ipAddress : null;
    this.logger.warn({ operation, limit, retryAfterSeconds, ipAddress }, 'a rate limit was reached');
  }
}

function subjectOf(key: RateLimitKey, { account, origin }: Call): string | undefined {
  const network = origin && networkOfOrigin(origin);
  if (key === 'origin') return network;
  if (key === 'account' || account === undefined) return account;
  return network === undefined ? undefined : `${network} ${account}`;
}

async function count(limiter: Counter['limiter'], subject: string, onReached: OnReached): Promise<Counted> {
  try {
    const { remainingPoints, msBeforeNext } = await limiter.consume(hash('sha256', subject, 'base64url'), onReached);
    return { remainingPoints, msBeforeNext, isOver: false };
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    return { remainingPoints: 0, msBeforeNext: error.msBeforeNext, isOver: true };
  }
}

function secondsLeft({ msBeforeNext }: Window): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}
