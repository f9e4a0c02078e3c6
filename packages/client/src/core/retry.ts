import { page } from './page.js';

type Failure = Error & { readonly retryAfterSeconds?: number | undefined };

/** Repeats a failed task until it succeeds: after growing delays, when the network returns, and when the page is shown. */
export interface Retry {
  /** The error of the last attempt, while the next one is waited for. */
  error(): Failure | undefined;
  readonly failed: (error: Failure) => void;
  reset(): void;
}

/** @param signal ends the attempts */
export function createRetry(task: () => unknown, signal: AbortSignal): Retry {
  let attempts = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failure: Failure | undefined;
  const clear = (): void => {
    clearTimeout(timer);
    failure = undefined;
  };
  const again = (): void => {
    if (!failure || signal.aborted) return;
    clear();
    task();
  };
  page.addEventListener?.('online', again, { signal });
  const whenShown = (): void => {
    if (page.document?.visibilityState === 'visible') again();
  };
  page.document?.addEventListener?.('visibilitychange', whenShown, { signal });
  return {
    error: () => failure,
    failed(error) {
      clear();
      if (signal.aborted) return;
      failure = error;
      // 1, 2, 4 … 60 seconds, each up to a quarter longer.
      const seconds = Math.max(Math.min(2 ** attempts, 60), error.retryAfterSeconds ?? 0);
      attempts += 1;
      // eslint-disable-next-line no-restricted-properties -- spreads the retries after an outage; not a secret
      timer = setTimeout(again, seconds * 1000 * (1 + Math.random() / 4));
      // Node.js would wait for it before it ends.
      (timer as { unref?: () => void }).unref?.();
    },
    reset() {
      clear();
      attempts = 0;
    },
  };
}
