/** The source of the current time. Tests pass one that they control. */
export interface Clock {
  now(): Date;
}

/** The machine's clock. The only place that reads it. */
export const systemClock: Clock = {
  now: () => new Date(),
};

/**
 * The maximum clock difference between two nodes, in seconds. A time further in the future is the result of a wrong
 * clock.
 */
export const MAX_CLOCK_SKEW_SECONDS = 60;

/** Whole seconds since the epoch, as JWT's NumericDate counts them. @see RFC 7519 §2 */
export function toEpochSeconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}

export function addSeconds(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000);
}
