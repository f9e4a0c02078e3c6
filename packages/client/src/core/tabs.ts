/** What the tabs of an origin tell each other. */
export type TabMessage =
  /** An access token from a sign-in or a refresh, and when it arrived, in milliseconds since the epoch. */
  | { readonly kind: 'token'; readonly text: string; readonly arrivedMs: number }
  /** The stored session is another one. */
  | { readonly kind: 'stored' }
  | { readonly kind: 'gone'; readonly sessionId: string | undefined; readonly because: 'logout' | 'ended' }
  /** A refresh failed. */
  | { readonly kind: 'failed'; readonly message: string; readonly retryAfterSeconds: number | undefined };

/** How long a tab waits for the one that refreshes, before it refreshes too. */
const PATIENCE_MS = 3000;

interface Channel {
  postMessage(message: TabMessage): void;
  close(): void;
  onmessage: ((event: { readonly data: TabMessage }) => void) | null;
  unref?: () => void;
}

interface Locks {
  request<Result>(
    name: string,
    options: { ifAvailable: true },
    work: (lock: unknown) => Promise<Result>,
  ): Promise<Result>;
}

interface Browser {
  readonly BroadcastChannel?: new (name: string) => Channel;
  readonly navigator?: { readonly locks?: Locks };
}

/** The other tabs of the origin. */
export class Tabs {
  private channel: Channel | undefined;
  private last: TabMessage | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly name: string,
    receive: (message: TabMessage) => void,
  ) {
    const { BroadcastChannel } = globalThis as unknown as Browser;
    if (!BroadcastChannel) return;
    this.channel = new BroadcastChannel(name);
    // Node.js would wait for it before it ends.
    this.channel.unref?.();
    this.channel.onmessage = ({ data }) => {
      this.last = data;
      receive(data);
      this.wake?.();
    };
  }

  post(message: TabMessage): void {
    this.channel?.postMessage(message);
  }

  /**
   * Calls `work` in one of the tabs that ask at the same time. Returns the message of that tab in the others. Locks only
   * save requests: no tab ever queues for one, and where a browser has none, every tab works.
   */
  async inOneTab(work: () => Promise<void>): Promise<TabMessage | undefined> {
    const { locks } = (globalThis as unknown as Browser).navigator ?? {};
    const before = this.last;
    // The second lock is for the case that the tab that holds the first one is frozen.
    for (const lockName of this.channel && locks ? [this.name, `${this.name}:2`] : []) {
      const hasWorked = await locks?.request(lockName, { ifAvailable: true }, async (lock) => {
        // Another tab may have finished meanwhile.
        if (lock === null || this.last !== before) return false;
        await work();
        return true;
      });
      const message = hasWorked === true ? undefined : await this.hears(before);
      if (hasWorked === true || message) return message;
    }
    await work();
    return undefined;
  }

  stop(): void {
    this.channel?.close();
    this.channel = undefined;
  }

  /** Waits until another tab has sent something after the given message. */
  private async hears(before: TabMessage | undefined): Promise<TabMessage | undefined> {
    if (this.last === before)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PATIENCE_MS);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.wake = undefined;
    return this.last === before ? undefined : this.last;
  }
}
