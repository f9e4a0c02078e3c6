/** Something that fills up before requests are refused. */
export interface Gauge<Reason> {
  /** Such as `too many passwords are waiting`. */
  readonly reason: Reason;
  /** From 0 to 1, where requests are refused. */
  readonly level: () => number;
}

/** A load balancer should send requests elsewhere at this level, and until the other one is reached again. */
const BUSY_LEVEL = 0.75;
const CALM_LEVEL = 0.25;

/** Says when a process should get no more requests. The two levels keep it from going back and forth. */
export class LoadWatch<Reason> {
  private readonly busy = new Set<Gauge<Reason>>();

  constructor(private readonly gauges: readonly Gauge<Reason>[]) {}

  /** Why the process is too busy; `undefined` if it is not. */
  reason(): Reason | undefined {
    for (const gauge of this.gauges) {
      const level = gauge.level();
      if (level >= BUSY_LEVEL) this.busy.add(gauge);
      if (level <= CALM_LEVEL) this.busy.delete(gauge);
    }
    const [first] = this.busy;
    return first?.reason;
  }
}
