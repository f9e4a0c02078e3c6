import { page } from './page.js';
import { startTimer } from './timer.js';

type Failure = Error & { readonly retryAfterSeconds?: number | undefined };

/** Repeats a failed task until it succeeds: after growing delays, when the network returns, and when the page is shown. */
export interface Retry {
  /** The error of the last attempt, while the next one is waited for. */
  error(): Failure | undefined;
  /** Ends the attempts without an error. */
  readonly report: (error?: Failure) => void;
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
  const whenShown = (): unknown => page.document?.hidden === true || again();
  page.addEventListener?.('visibilitychange', whenShown, { signal });
  return {
    error: () => failure,
    report(error) {
      clear();
      if (!error || signal.aborted) {
        attempts = 0;
        return;
      }
      failure = error;
      // 1, 2, 4 … 60 seconds, or as long as the service asks for, up to an hour; each up to a quarter longer.
      const seconds = Math.min(Math.max(Math.min(2 ** attempts, 60), error.retryAfterSeconds ?? 0), 3600);
      attempts += 1;
      // eslint-disable-next-line no-restricted-properties -- spreads the retries after an outage; not a secret
      timer = startTimer(again, seconds * 1000 * (1 + Math.random() / 4));
    },
  };
}
