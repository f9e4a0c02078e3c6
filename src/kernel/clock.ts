/** Where the subgraph reads the time. Tests pass one that they can move. */
export interface Clock {
  now(): Date;
}

/** The machine's clock. The only place that reads it. */
export const systemClock: Clock = {
  now: () => new Date(),
};

/** How far the clocks of two nodes may differ, in seconds. A time further in the future was written by a wrong clock. */
export const MAX_CLOCK_SKEW_SECONDS = 60;

/** Whole seconds from now until an instant, at least one: how long a client is told to wait. */
export function secondsUntil(instant: Date, now: Date): number {
  return Math.max(1, Math.ceil((instant.getTime() - now.getTime()) / 1000));
}

/** Whole seconds since the epoch, as JWT's NumericDate counts them. @see RFC 7519 §2 */
export function toEpochSeconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}

/** The first whole second after an instant: later than the NumericDate of whatever happened until then. */
export function startOfNextSecond(instant: Date): Date {
  return new Date((toEpochSeconds(instant) + 1) * 1000);
}

export function addSeconds(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000);
}
