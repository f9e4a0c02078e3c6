/** The time of the device, in milliseconds since the epoch. This file is the only one that reads clocks. */
export function wallNowMs(): number {
  return Date.now();
}

/**
 * Starts to count seconds, by the clock that has advanced more: the wall clock may be set back, and the other may stop
 * while the device sleeps.
 */
export function stopwatch(startedMs: number): () => number {
  const started = performance.now();
  return () => Math.max(Date.now() - startedMs, performance.now() - started) / 1000;
}
