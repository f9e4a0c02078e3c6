/** Runs at most `concurrency` pieces of work at once and lets at most `capacity` wait; more are refused. */
export class WorkQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly capacity: number,
    private readonly refuse: (waiting: number) => never,
  ) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.concurrency) await this.waitForTurn();
    else this.running += 1;
    try {
      return await work();
    } finally {
      // The place passes straight to the next one in line, so that nobody who comes later can take it.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private waitForTurn(): Promise<void> {
    if (this.waiting.length >= this.capacity) this.refuse(this.waiting.length);
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
