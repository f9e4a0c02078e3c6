/** Shorter waits are usual. */
const FIRST_MS = 5_000;
const NEXT_MS = 60_000;

/** Calls `report` if the work takes more than five seconds, and then every minute until it ends. */
export async function logWait<T>(work: Promise<T>, report: () => void): Promise<T> {
  let timer = setTimeout(function tick() {
    report();
    timer = setTimeout(tick, NEXT_MS);
  }, FIRST_MS);
  return work.finally(() => clearTimeout(timer));
}
