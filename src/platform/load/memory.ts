import { setFlagsFromString } from 'node:v8';

/**
 * Collects garbage once there is half as much of it as memory in use. If the machine has plenty of memory, V8 would wait for
 * three times as much.
 */
export function limitHeapGrowth(): void {
  setFlagsFromString('--heap-growing-percent=50');
}

/** The service listens by then, and clients that waited for it have their responses. */
const DELAY_MS = 3_000;

/**
 * Frees the memory that only startup needed, about an eighth of the whole. V8 would keep it until requests have filled the
 * rest. Takes up to 90 ms, so it does nothing if `isIdle` returns false three seconds after startup.
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
