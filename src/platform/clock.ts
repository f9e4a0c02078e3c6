import { toEpochSeconds } from '@auth-subgraph/verifier/internal';

export { addSeconds, MAX_CLOCK_SKEW_SECONDS, systemClock, toEpochSeconds } from '@auth-subgraph/verifier/internal';
export type { Clock } from '@auth-subgraph/verifier';

/** Whole seconds from now until an instant, at least one. Tells clients how long to wait. */
export function secondsUntil(instant: Date, now: Date): number {
  return Math.max(1, Math.ceil((instant.getTime() - now.getTime()) / 1000));
}

/** The first whole second after an instant: later than the NumericDate of anything that happened until then. */
export function startOfNextSecond(instant: Date): Date {
  return new Date((toEpochSeconds(instant) + 1) * 1000);
}
