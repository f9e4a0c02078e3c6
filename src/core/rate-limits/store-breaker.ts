import { AsyncLocalStorage } from 'node:async_hooks';

/** How long one call waits for the store in total. It may be counted by several keys, one after the other. */
const TIMEOUT_MS = 2_000;
/** The time between a failure and the next attempt. */
const PAUSE_MS = 2_000;
const OLD_MS = 10 * 60_000;

const remaining = new AsyncLocalStorage<{ ms: number }>();

/** Runs the counting of one call, which shares one time limit. */
export function withSharedTimeout<Result>(count: () => Promise<Result>): Promise<Result> {
  return remaining.run({ ms: TIMEOUT_MS }, count);
}

/**
 * Keeps a store that does not respond from delaying every call. After a failure it is not used for two seconds; then one
 * call at a time tries it, until it responds. Meanwhile this process counts its own calls.
 */
export class StoreBreaker {
  private pausedUntil = 0;
  private isUnavailable = false;
  private isTrying = false;

  /** @param report `isNews` is true for the first failure of an outage */
  constructor(private readonly report: { failed(error: Error, isNews: boolean): void; recovered(): void }) {}

  /** Whether the latest call was counted in the store. An old failure says nothing about the present. */
  get isAvailable(): boolean {
    return !this.isUnavailable || performance.now() - this.pausedUntil > OLD_MS;
  }

  async run<Result>(ask: () => Promise<Result>): Promise<Result> {
    const isAttempt = this.isUnavailable;
    if (isAttempt && (this.isTrying || performance.now() < this.pausedUntil))
      throw new Error('the store of the rate limits failed recently');
    if (isAttempt) this.isTrying = true;
    try {
      const result = await inTime(ask);
      if (this.isUnavailable) this.report.recovered();
      this.isUnavailable = false;
      return result;
    } catch (error) {
      this.pausedUntil = performance.now() + PAUSE_MS;
      this.report.failed(error as Error, !this.isUnavailable);
      this.isUnavailable = true;
      throw error;
    } finally {
      if (isAttempt) this.isTrying = false;
    }
  }
}

async function inTime<Result>(ask: () => Promise<Result>): Promise<Result> {
  const left = remaining.getStore() ?? { ms: TIMEOUT_MS };
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const fail = (): void => reject(new Error('the store of the rate limits did not respond in time'));
    timer = setTimeout(fail, Math.max(0, left.ms)).unref();
  });
  try {
    return await Promise.race([ask(), late]);
  } finally {
    clearTimeout(timer);
    left.ms -= performance.now() - start;
  }
}
