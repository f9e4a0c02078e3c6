import type { AuthRequestError } from './auth-request-error.js';
import { page } from './page.js';

/** What the tabs of an origin tell each other. */
export type TabMessage =
  /** An access token from a sign-in or a refresh, and when it arrived, in milliseconds since the epoch. */
  | { readonly kind: 'token'; readonly text: string; readonly arrivedMs: number }
  /** The stored session is another one. */
  | { readonly kind: 'stored' }
  | { readonly kind: 'gone'; readonly sessionId: string | undefined; readonly because: 'logout' | 'ended' }
  /** A refresh failed. */
  | (Pick<AuthRequestError, 'message' | 'errors' | 'status' | 'retryAfterSeconds'> & { readonly kind: 'failed' });

/** How long a tab waits for the one that refreshes, before it refreshes too. */
const PATIENCE_MS = 3000;

/** The other tabs of the origin. */
export interface Tabs {
  post(message: TabMessage): void;
  /**
   * Calls `work` in one of the tabs that ask at the same time. Returns the message of that tab in the others. Locks only
   * save requests: no tab ever queues for one, and where a browser has none, every tab works.
   */
  inOneTab(work: () => Promise<void>): Promise<TabMessage | undefined>;
}

/** @param signal leaves the other tabs */
export function createTabs(name: string, receive: (message: TabMessage) => void, signal: AbortSignal): Tabs {
  const channel = page.BroadcastChannel && new page.BroadcastChannel<TabMessage>(name);
  const locks = channel && page.navigator?.locks;
  let last: TabMessage | undefined;
  let wake: (() => void) | undefined;
  if (channel) {
    // Node.js would wait for it before it ends.
    channel.unref?.();
    signal.addEventListener('abort', () => channel.close());
    channel.onmessage = ({ data }) => {
      last = data;
      receive(data);
      wake?.();
    };
  }

  const nextMessage = (): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, PATIENCE_MS);
      wake = resolve;
    });

  return {
    post(message) {
      if (!signal.aborted) channel?.postMessage(message);
    },
    async inOneTab(work) {
      const before = last;
      // The second lock is for the case that the tab that holds the first one is frozen.
      for (const lockName of locks ? [name, `${name}:2`] : []) {
        const hasWorked = await locks?.request(lockName, { ifAvailable: true }, async (lock) => {
          // Another tab may have finished meanwhile.
          if (lock === null || last !== before) return false;
          await work();
          return true;
        });
        if (hasWorked) return undefined;
        if (last === before) await nextMessage();
        if (last !== before) return last;
      }
      await work();
      return undefined;
    },
  };
}
