import { DeferredLimiter } from './deferred-limiter.js';
import { parseRateLimit } from './rate-limit-rule.js';
import { RateLimit } from './rate-limit.js';
import type { Logger } from '../../platform/logger.js';
import type { CallCounterStore } from './call-counter-store.js';

/** Creates the limits of the operations, which all count in one store. */
export class RateLimits {
  /** @param store undefined if nothing is limited */
  constructor(
    private readonly store: CallCounterStore | undefined,
    private readonly logger: Logger,
  ) {}

  /** @param rules the value of an option that `rateLimit` declares */
  of(operation: string, rules: string): RateLimit {
    return this.create(operation, rules, (limiter) => limiter);
  }

  /**
   * For operations that are much cheaper than a statement: calls are counted in this process, and the store learns of
   * them in steps of a twentieth of the limit. So each process may exceed it by that much.
   */
  deferred(operation: string, rules: string): RateLimit {
    return this.create(operation, rules, (limiter) => new DeferredLimiter(limiter));
  }

  async close(): Promise<void> {
    await this.store?.close();
  }

  private create(
    operation: string,
    text: string,
    wrap: (limiter: ReturnType<CallCounterStore['limiter']>) => RateLimit['counters'][number]['limiter'],
  ): RateLimit {
    const { logger, store } = this;
    const rules = parseRateLimit(text) ?? [];
    const counters = store ? rules.map((rule) => ({ key: rule.key, limiter: wrap(store.limiter(rule)) })) : [];
    return new RateLimit(operation, counters, logger);
  }
}
