import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { WindowLimiter } from './window-limiter.js';

const STEPS = 20;

/** Called when the calls of all processes together reach a limit that this process alone has not reached. */
export type OnReached = (total: RateLimiterRes) => void;

/** Counts in memory, and adds each twentieth of the limit to the shared count without waiting for the store. */
export class DeferredLimiter {
  private readonly local: WindowLimiter;
  private readonly step: number;

  constructor(private readonly shared: WindowLimiter) {
    const { points, duration } = shared;
    this.local = new WindowLimiter(new RateLimiterMemory({ points, duration, keyPrefix: '' }));
    this.step = Math.floor(points / STEPS);
  }

  async consume(key: string, onReached: OnReached): Promise<RateLimiterRes> {
    // Small limits are exact.
    if (this.step <= 1) return this.shared.consume(key);
    const counted = await this.local.consume(key);
    const isReached = counted.remainingPoints === 0;
    if (counted.consumedPoints % this.step === 0) void this.share(key, isReached ? undefined : onReached);
    return counted;
  }

  private async share(key: string, onReached?: OnReached): Promise<void> {
    try {
      const total = await this.shared.penalty(key, this.step);
      // The window may have ended meanwhile, and a block of 0 seconds would never end.
      if (total.consumedPoints < this.shared.points || total.msBeforeNext <= 0) return;
      await this.local.block(key, Math.ceil(total.msBeforeNext / 1000));
      // The steps of other calls may arrive later.
      if (total.consumedPoints - this.step < this.shared.points) onReached?.(total);
    } catch {
      // This process still counts its own calls.
    }
  }
}
