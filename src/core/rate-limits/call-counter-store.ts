import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateLimitRule } from './rate-limit-rule.js';

/** Where calls are counted, for all processes together. */
export interface CallCounterStore {
  limiter(rule: RateLimitRule): RateLimiterAbstract;
  close(): Promise<void>;
}

/** The settings that limiters of every store share. */
export function limiterSettings({ points, windowSeconds: duration }: RateLimitRule): {
  readonly points: number;
  readonly duration: number;
  readonly inMemoryBlockOnConsumed: number;
  readonly insuranceLimiter: RateLimiterMemory;
} {
  return {
    ...{ points, duration },
    // A key that is over its limit costs no more statements.
    inMemoryBlockOnConsumed: points,
    insuranceLimiter: new RateLimiterMemory({ points, duration, keyPrefix: '' }),
  };
}
