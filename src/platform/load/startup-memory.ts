/** The service listens by then, and clients that waited for it have their responses. */
const DELAY_MS = 3_000;

/**
 * Frees the memory that only the start needed, about an eighth of the whole: V8 keeps it until requests have filled the rest.
 * Takes up to 90 ms, so nothing is done if the process is busy.
 */
export function freeStartupMemory(isIdle: () => boolean): void {
  setTimeout(() => {
    if (isIdle()) void collectGarbage();
  }, DELAY_MS).unref();
}

/** Does nothing if Node.js was built without an inspector. */
async function collectGarbage(): Promise<void> {
  try {
    const { Session } = await import('node:inspector/promises');
    const session = new Session();
    session.connect();
    await session.post('HeapProfiler.collectGarbage');
    session.disconnect();
  } catch {
    // The service also works without it.
  }
}
