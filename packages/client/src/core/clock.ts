/** A moment on both clocks of a device. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** The clocks of the device. The only place that reads them. */
export function now(): Moment {
  return { wallMs: Date.now(), monotonicMs: performance.now() };
}

/**
 * The seconds since a moment, by the clock that has advanced more: the wall clock may be set back, and the other may
 * stop while the device sleeps.
 */
export function secondsSince(moment: Moment): number {
  const { wallMs, monotonicMs } = now();
  return Math.max(wallMs - moment.wallMs, monotonicMs - moment.monotonicMs) / 1000;
}
