/** Something that fills up before requests are refused. */
export interface Gauge<Reason> {
  /** Such as `too many passwords are waiting`. */
  readonly reason: Reason;
  /** From 0 to 1, at which requests are refused. */
  readonly level: () => number;
}

/** From this level on, requests should go to another process, until the level falls to `CALM_LEVEL`. */
const BUSY_LEVEL = 0.75;
const CALM_LEVEL = 0.25;

/** Decides whether a process should receive requests. Two levels keep it from switching back and forth. */
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
