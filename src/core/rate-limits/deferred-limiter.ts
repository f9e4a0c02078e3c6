import { RateLimiterMemory, type RateLimiterAbstract, type RateLimiterRes } from 'rate-limiter-flexible';

const STEPS = 20;

/** Counts in memory, and adds each twentieth of the limit to the shared count without waiting for the store. */
export class DeferredLimiter {
  private readonly local: RateLimiterMemory;
  private readonly step: number;

  constructor(private readonly shared: RateLimiterAbstract) {
    const { points, duration } = shared;
    this.local = new RateLimiterMemory({ points, duration, keyPrefix: '' });
    this.step = Math.floor(points / STEPS);
  }

  async consume(key: string): Promise<RateLimiterRes> {
    // Small limits are exact.
    if (this.step <= 1) return this.shared.consume(key);
    const counted = await this.local.consume(key);
    if (counted.consumedPoints % this.step === 0) void this.share(key);
    return counted;
  }

  private async share(key: string): Promise<void> {
    try {
      const total = await this.shared.penalty(key, this.step);
      if (total.consumedPoints >= this.shared.points) await this.local.block(key, Math.ceil(total.msBeforeNext / 1000));
    } catch {
      // This process still counts its own calls.
    }
  }
}
