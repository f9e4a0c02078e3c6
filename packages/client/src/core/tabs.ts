import type { AuthRequestError } from './auth-request-error.js';
import type { SignedOutBecause } from './auth-state.js';
import { page, type LockOptions, type Locks } from './page.js';
import { startTimer } from './timer.js';
import { attempt } from './token-storage.js';

/** What the other tabs learn of a refresh that failed. */
export type FailureDetails = Pick<AuthRequestError, 'code' | 'errors' | 'status' | 'retryAfterSeconds'>;

/** What the tabs of an origin tell each other. */
export type TabMessage =
  /** An access token from a sign-in or a refresh, and when it arrived, in milliseconds since the epoch. */
  | { readonly kind: 'token'; readonly text: string; readonly arrivedMs: number }
  /** The stored session has been replaced. */
  | { readonly kind: 'stored' }
  | { readonly kind: 'gone'; readonly sessionId: string | undefined; readonly because: SignedOutBecause }
  /** A refresh failed. */
  | (FailureDetails & { readonly kind: 'failed' });

/** How long a tab waits for one lock before it goes on without it. */
const PATIENCE_MS = 3000;

/** The other tabs of the origin. */
export interface Tabs {
  post(message: TabMessage): void;
  /**
   * Calls `work` in one of the tabs that ask at the same time. Returns the message of that tab in the others. Locks only
   * save requests: no tab queues for one, and where a browser has none, every tab works.
   */
  inOneTab(work: () => unknown): Promise<TabMessage | undefined>;
  /**
   * Calls `work` while no other tab does what `inOneTab` asks for, unless that or `work` takes long. Concurrent calls do not
   * wait for each other.
   */
  withLock<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** @param signal leaves the other tabs */
export function createTabs(name: string, receive: (message: TabMessage) => void, signal: AbortSignal): Tabs {
  const channel = attempt(() => new page.BroadcastChannel<TabMessage>(name));
  let last: TabMessage | undefined;
  let wake: ((value?: unknown) => void) | undefined;
  if (channel) {
    // Node.js would wait for it before it ends.
    channel.unref?.();
    signal.onabort = () => channel.close();
    channel.onmessage = ({ data }) =>
      attempt(() => {
        // Throws if it is not from a client.
        receive(data);
        last = data;
        wake?.();
      });
  }

  const withLock = createLock(channel && page.navigator?.locks);
  // A tab that holds them may be frozen. Waiting for all of them takes longer than the longest request.
  const lockNames = [name, `${name}:2`, `${name}:3`, `${name}:4`];

  return {
    post(message) {
      // It throws once it is closed.
      attempt(() => channel?.postMessage(message));
    },
    async inOneTab(work) {
      const before = last;
      for (const lockName of lockNames) {
        const hasWorked = await withLock(
          lockName,
          // Another tab may have finished meanwhile.
          async (lock) => lock !== null && last === before && (await work(), true),
        );
        if (hasWorked) return undefined;
        if (last === before) await new Promise((resolve) => setTimeout((wake = resolve), PATIENCE_MS));
        if (last !== before) return last;
      }
      await work();
      return undefined;
    },
    withLock: (work) =>
      lockNames.reduce((next, lockName) => () => withLock(lockName, next, { mode: 'shared' }), work)(),
  };
}

type WithLock = <Result>(
  name: string,
  work: (lock: unknown) => Promise<Result>,
  options?: LockOptions,
) => Promise<Result>;

/**
 * Works once: with the lock, without one if the browser has none, or if waiting for it takes long. The lock is null if another
 * tab has it and `options` say not to wait.
 */
function createLock(locks: Locks | undefined): WithLock {
  return (name, work, options = { ifAvailable: true }) =>
    new Promise((resolve, reject) => {
      let working: Promise<void> | undefined;
      const once = (lock?: unknown): Promise<void> => (working ??= work(lock).then(resolve, reject));
      startTimer(once, PATIENCE_MS);
      // Where the user blocks storage, the browser may refuse locks.
      if (locks) locks.request(name, options, once).catch(once);
      else void once();
    });
}
