import { setTimeout as delay } from 'node:timers/promises';

/** Counting must not delay a call for longer. */
const TIMEOUT_MS = 2_000;
/** The time between a failure and the next attempt. */
const PAUSE_MS = 2_000;

/**
 * Keeps a store that does not respond from delaying every call: after a failure it is not used for two seconds, during
 * which this process counts its own calls.
 */
export class StoreBreaker {
  private pausedUntil = 0;
  private isUnavailable = false;

  constructor(private readonly report: { failed(error: Error): void; recovered(): void }) {}

  async run<Result>(ask: () => Promise<Result>): Promise<Result> {
    if (performance.now() < this.pausedUntil) throw new Error('the store of the rate limits failed recently');
    const abort = new AbortController();
    try {
      const late = delay(TIMEOUT_MS, undefined, { signal: abort.signal, ref: false }).then(() => {
        throw new Error('the store of the rate limits did not respond in time');
      });
      const result = await Promise.race([ask(), late]);
      if (this.isUnavailable) this.report.recovered();
      this.isUnavailable = false;
      return result;
    } catch (error) {
      this.pausedUntil = performance.now() + PAUSE_MS;
      if (!this.isUnavailable) this.report.failed(error as Error);
      this.isUnavailable = true;
      throw error;
    } finally {
      abort.abort();
    }
  }
}
