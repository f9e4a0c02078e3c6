/** The delays between attempts: 1, 2, 4 … 60 seconds, each up to a quarter longer. */
const MAX_SECONDS = 60;
const JITTER = 0.25;

interface EventSource {
  readonly visibilityState?: string;
  addEventListener?(type: string, listener: () => void, options: { signal: AbortSignal }): void;
}

const page = globalThis as EventSource & { readonly document?: EventSource };

type Failure = Error & { readonly retryAfterSeconds?: number | undefined };

/** Repeats a failed task until it succeeds: after growing delays, when the network returns, and when the page is shown. */
export class Retry {
  /** The error of the last attempt, while the next one is waited for. */
  waitingAfter: Failure | undefined;
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly life = new AbortController();

  constructor(private readonly task: () => unknown) {
    const { signal } = this.life;
    page.addEventListener?.('online', this.again, { signal });
    page.document?.addEventListener?.('visibilitychange', this.whenShown, { signal });
  }

  failed(error: Failure): void {
    this.clear();
    if (this.life.signal.aborted) return;
    const seconds = Math.max(Math.min(2 ** this.attempts, MAX_SECONDS), error.retryAfterSeconds ?? 0);
    this.attempts += 1;
    this.waitingAfter = error;
    this.timer = setTimeout(this.again, seconds * 1000 * (1 + JITTER * random()));
    // Node.js would wait for it before it ends.
    (this.timer as { unref?: () => void }).unref?.();
  }

  succeeded(): void {
    this.clear();
    this.attempts = 0;
  }

  stop(): void {
    this.life.abort();
    this.clear();
  }

  private readonly again = (): void => {
    if (!this.waitingAfter) return;
    this.clear();
    this.task();
  };

  private readonly whenShown = (): void => {
    if (page.document?.visibilityState === 'visible') this.again();
  };

  private clear(): void {
    clearTimeout(this.timer);
    this.waitingAfter = undefined;
  }
}

/** A number from 0 to 1, so that the tabs and devices of an outage do not return in step. */
function random(): number {
  return (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) / 256;
}
