import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { MAX_CLOCK_SKEW_SECONDS } from '../../platform/clock.js';

/**
 * Counts calls in fixed windows. A window that ends too far ahead began before the clock was set back, and counts as over.
 */
export class WindowLimiter {
  constructor(private readonly limiter: RateLimiterAbstract) {}

  get points(): number {
    return this.limiter.points;
  }

  get duration(): number {
    return this.limiter.duration;
  }

  /** @throws RateLimiterRes the call exceeds the limit */
  consume(key: string): Promise<RateLimiterRes> {
    return this.count(key, () => this.limiter.consume(key));
  }

  /** Counts calls that have been allowed already. */
  penalty(key: string, points: number): Promise<RateLimiterRes> {
    return this.count(key, () => this.limiter.penalty(key, points));
  }

  async block(key: string, seconds: number): Promise<void> {
    await this.limiter.block(key, seconds);
  }

  private async count(key: string, add: () => Promise<RateLimiterRes>): Promise<RateLimiterRes> {
    try {
      const counted = await add();
      if (!this.isTooFarAhead(counted)) return counted;
    } catch (error) {
      if (!(error instanceof RateLimiterRes && this.isTooFarAhead(error))) throw error;
    }
    // Loses the calls that others count in this moment, but only once: the new window is not too far ahead.
    await this.limiter.delete(key);
    return add();
  }

  private isTooFarAhead({ msBeforeNext }: RateLimiterRes): boolean {
    return msBeforeNext > (this.duration + MAX_CLOCK_SKEW_SECONDS) * 1000;
  }
}
