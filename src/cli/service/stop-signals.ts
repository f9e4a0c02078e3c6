/** Those with which people and programs ask a process to stop. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The same signal twice within this time comes from one key press: npm repeats the terminal's signal. */
const SAME_PRESS_MS = 500;

/** Calls `stop` on the first signal that asks the process to stop, and `endAtOnce` on a second one. */
export function onStopSignals(
  stop: (signal: NodeJS.Signals) => void,
  endAtOnce: (signal: NodeJS.Signals) => void,
): void {
  let first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  const receive = (signal: NodeJS.Signals): void => {
    const at = performance.now();
    if (first === undefined) {
      first = { signal, at };
      stop(signal);
    } else if (signal !== first.signal || at - first.at >= SAME_PRESS_MS) endAtOnce(signal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, receive);
}
