/** Those with which people and programs ask a process to stop. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The same signal twice within this time comes from one key press: npm repeats the terminal's signal. */
const SAME_PRESS_MS = 500;

/** Calls `stop` on the first signal that asks the process to stop, and `endAtOnce` on a second one. */
export function onStopSignals(
  stop: (signal: NodeJS.Signals) => void,
  endAtOnce: (signal: NodeJS.Signals) => void,
): void {
  let first: NodeJS.Signals | undefined;
  /** Counts from when other signals are received again: to begin to stop takes a while on a busy machine. */
  let samePressUntil = Infinity;
  const receive = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = signal;
      stop(signal);
      setImmediate(() => (samePressUntil = performance.now() + SAME_PRESS_MS));
    } else if (signal !== first || performance.now() >= samePressUntil) endAtOnce(signal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, receive);
}
