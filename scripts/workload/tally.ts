interface Success {
  readonly at: number;
  readonly url: string;
}

const SHOWN_VIOLATIONS = 20;

/** What happened during a run. Times are those of `performance.now()`. */
export class Tally {
  readonly operations: Record<string, number> = {};
  /** Responses other than success, by code, and requests without a response. */
  readonly errors: Record<string, number> = {};
  /** In chronological order. */
  readonly successes: Success[] = [];
  /** Broken promises; only the first ones are kept. */
  readonly violations: string[] = [];
  #violations = 0;

  get violationCount(): number {
    return this.#violations;
  }

  succeeded(operation: string, url: string): void {
    this.operations[operation] = (this.operations[operation] ?? 0) + 1;
    this.successes.push({ at: performance.now(), url });
  }

  failed(kind: string): void {
    this.errors[kind] = (this.errors[kind] ?? 0) + 1;
  }

  violated(problem: string): void {
    this.#violations += 1;
    if (this.violations.length < SHOWN_VIOLATIONS) this.violations.push(problem);
  }
}
