/** Upper bounds of durations, in seconds. */
export const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;

/** Counts durations in plain numbers, because the histograms of prom-client hash their labels with every observation. */
export class DurationTally {
  /** The number of durations for each bucket alone; the last one is for those beyond all bounds. */
  readonly counts = new Array<number>(DURATION_BUCKETS.length + 1).fill(0);
  sum = 0;

  observe(seconds: number): void {
    let bucket = 0;
    while (seconds > (DURATION_BUCKETS[bucket] ?? Infinity)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += seconds;
  }
}

/** Durations and results of one kind of work. */
export class OutcomeTally {
  readonly durations = new DurationTally();
  readonly outcomes = new Map<string, number>();

  count(outcome: string, seconds: number): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    this.durations.observe(seconds);
  }
}

/** Tallies that are created when they are first asked for. */
export class Tallies<Tally> {
  private readonly byName = new Map<string, Tally>();

  constructor(private readonly create: () => Tally) {}

  of(name: string): Tally {
    let tally = this.byName.get(name);
    if (!tally) this.byName.set(name, (tally = this.create()));
    return tally;
  }

  entries(): Iterable<[name: string, tally: Tally]> {
    return this.byName.entries();
  }
}
