import { hash } from 'node:crypto';
import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { networkOf } from '../../platform/http/origin-network.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { TooManyRequestsError } from '../errors/errors.js';
import type { RateLimitKey } from './rate-limit-rule.js';

/** One call of an operation. */
export interface Call {
  /** The normalized address or the id that the call names. */
  readonly account?: string | undefined;
  readonly origin?: RequestOrigin | undefined;
  /** Whether the caller is known to the account, and so cannot be kept out by the calls of others. */
  readonly isKnown?: (() => Promise<boolean>) | undefined;
}

/** Counts the calls under one kind of key. */
export interface Counter {
  readonly key: RateLimitKey;
  readonly limiter: Pick<RateLimiterAbstract, 'consume'>;
}

/** Limits the calls of one operation. */
export class RateLimit {
  constructor(
    private readonly operation: string,
    private readonly counters: readonly Counter[],
  ) {}

  /**
   * Counts a call. Comes before any expensive work.
   * @throws TooManyRequestsError there were too many such calls
   */
  async take(call: Call): Promise<void> {
    for (const { key, limiter } of this.counters) {
      const subject = subjectOf(key, call);
      if (subject === undefined) continue;
      const refused = await refusalOf(limiter, hash('sha256', `${this.operation}:${key}:${subject}`, 'base64url'));
      if (refused && (key === 'origin' || !(await call.isKnown?.()))) throw refused;
    }
  }
}

function subjectOf(key: RateLimitKey, { account, origin }: Call): string | undefined {
  const network = origin?.ipAddress == null ? undefined : networkOf(origin.ipAddress);
  if (key === 'origin') return network;
  if (key === 'account' || account === undefined) return account;
  return network === undefined ? undefined : `${network} ${account}`;
}

async function refusalOf(limiter: Counter['limiter'], key: string): Promise<TooManyRequestsError | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    return new TooManyRequestsError(Math.max(1, Math.ceil(error.msBeforeNext / 1000)));
  }
}
