import { DeferredLimiter } from './deferred-limiter.js';
import { parseRateLimit } from './rate-limit-rule.js';
import { RateLimit, type Counter } from './rate-limit.js';
import { WindowLimiter } from './window-limiter.js';
import type { Logger } from '../../platform/logger.js';
import type { CallCounterStore } from './call-counter-store.js';

/** Creates the rate limits of operations. They share one store. */
export class RateLimits {
  /** @param store undefined if nothing is limited */
  constructor(
    readonly store: CallCounterStore | undefined,
    private readonly logger: Logger,
  ) {}

  /** @param rules the value of an option that `rateLimit` declares */
  of(operation: string, rules: string): RateLimit {
    return this.create(operation, rules, (limiter) => ({ consume: (key) => limiter.consume(key) }));
  }

  /**
   * For operations that are cheaper than counting them in the store: calls are counted in this process, and added to the
   * store in steps of a twentieth of the limit. Each process may exceed the limit by one step.
   */
  deferred(operation: string, rules: string): RateLimit {
    return this.create(operation, rules, (limiter) => new DeferredLimiter(limiter));
  }

  async close(): Promise<void> {
    await this.store?.close();
  }

  private create(operation: string, text: string, wrap: (limiter: WindowLimiter) => Counter['limiter']): RateLimit {
    const { logger, store } = this;
    const rules = parseRateLimit(text) ?? [];
    const counters = store
      ? rules.map((rule) => ({ key: rule.key, limiter: wrap(new WindowLimiter(store.limiter(rule))) }))
      : [];
    return new RateLimit(operation, counters, logger);
  }
}
