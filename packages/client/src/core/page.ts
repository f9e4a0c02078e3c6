import type { WebStorage } from './token-storage.js';

interface Channel<Message> {
  postMessage(message: Message): void;
  close(): void;
  onmessage: ((event: { readonly data: Message }) => unknown) | null;
  unref?: () => void;
}

/** Does not wait, or waits together with others. */
export type LockOptions = { readonly ifAvailable: true } | { readonly mode: 'shared' };

export interface Locks {
  request(name: string, options: LockOptions, work: (lock: unknown) => Promise<void>): Promise<void>;
}

interface Page {
  readonly document?: { readonly hidden?: boolean };
  addEventListener?(
    type: string,
    listener: (event: { readonly persisted?: boolean }) => unknown,
    options: { signal: AbortSignal },
  ): void;
  readonly localStorage: WebStorage;
  /** May be missing. */
  readonly BroadcastChannel: new <Message>(name: string) => Channel<Message>;
  readonly crypto?: Partial<typeof crypto>;
  readonly navigator?: { readonly locks?: Locks };
}

/** What a page has and other environments may lack. */
export const page = globalThis as unknown as Page;
