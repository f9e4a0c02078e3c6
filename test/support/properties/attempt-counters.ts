export interface LockoutRules {
  readonly maxAttempts: number;
  readonly durationSeconds: number;
}

interface Counter {
  failures: number;
  lastAt: number;
  lockedUntil: number;
}

/** What the lockout should count, by address or device. */
export class AttemptCounters {
  private readonly counters = new Map<string, Counter>();

  constructor(
    private readonly rules: LockoutRules,
    private readonly now: () => number,
  ) {}

  isLocked(key: string): boolean {
    return (this.counters.get(key)?.lockedUntil ?? 0) > this.now();
  }

  /** The failures that still count. */
  failuresOf(key: string): number {
    const { failures, lastAt, lockedUntil } = this.counters.get(key) ?? { failures: 0, lastAt: 0, lockedUntil: 0 };
    const lockIsOver = lockedUntil > 0 && lockedUntil <= this.now();
    return lockIsOver || lastAt <= this.now() - this.rules.durationSeconds * 1000 ? 0 : failures;
  }

  fail(key: string): void {
    const failures = this.failuresOf(key) + 1;
    const locks = failures >= this.rules.maxAttempts;
    const lockedUntil = locks ? this.now() + this.rules.durationSeconds * 1000 : 0;
    this.counters.set(key, { failures, lastAt: this.now(), lockedUntil });
  }

  clear(key: string): void {
    this.counters.delete(key);
  }
}
