const INTERVAL_MS = 500;
/** At this delay, a request waits for a second before anything happens. */
const LIMIT_MS = 1_000;
/** The weight of the latest delay in the average, so that one long garbage collection does not count. */
const WEIGHT = 0.5;

/** Measures how late timers run, averaged over a few seconds. */
export class EventLoopDelay {
  private averageMs = 0;
  private due = performance.now() + INTERVAL_MS;
  private readonly timer = setInterval(() => this.measure(), INTERVAL_MS).unref();

  /** From 0 to 1, the limit. */
  get level(): number {
    return this.averageMs / LIMIT_MS;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private measure(): void {
    const now = performance.now();
    this.averageMs += WEIGHT * (Math.max(0, now - this.due) - this.averageMs);
    this.due = now + INTERVAL_MS;
  }
}
