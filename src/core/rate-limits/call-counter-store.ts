import { RateLimiterMemory, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { RateLimitRule } from './rate-limit-rule.js';

/** Counts calls across all processes. */
export interface CallCounterStore {
  readonly name: 'postgresql' | 'redis';
  limiter(rule: RateLimitRule): RateLimiterAbstract;
  /** Whether it counted the latest call. True if that was ten minutes ago. */
  isAvailable(): boolean;
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
    // A key that has reached its limit causes no further statements.
    inMemoryBlockOnConsumed: points,
    insuranceLimiter: new RateLimiterMemory({ points, duration, keyPrefix: '' }),
  };
}
