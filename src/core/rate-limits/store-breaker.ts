import { setTimeout as delay } from 'node:timers/promises';

/** A count must not delay a call for longer. */
const TIMEOUT_MS = 2_000;
/** How long a store that failed is not asked again. */
const PAUSE_MS = 2_000;

/**
 * Keeps a store that does not respond from delaying every call: after a failure it is left alone for two seconds, in which
 * calls are counted in this process.
 */
export class StoreBreaker {
  private pausedUntil = 0;
  private isAway = false;

  constructor(private readonly announce: { away(error: Error): void; back(): void }) {}

  async run<Result>(ask: () => Promise<Result>): Promise<Result> {
    if (performance.now() < this.pausedUntil) throw new Error('the store of the rate limits failed recently');
    const abort = new AbortController();
    try {
      const late = delay(TIMEOUT_MS, undefined, { signal: abort.signal, ref: false }).then(() => {
        throw new Error('the store of the rate limits did not respond in time');
      });
      const result = await Promise.race([ask(), late]);
      if (this.isAway) this.announce.back();
      this.isAway = false;
      return result;
    } catch (error) {
      this.pausedUntil = performance.now() + PAUSE_MS;
      if (!this.isAway) this.announce.away(error as Error);
      this.isAway = true;
      throw error;
    } finally {
      abort.abort();
    }
  }
}
