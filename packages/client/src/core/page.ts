import type { WebStorage } from './token-storage.js';

interface EventSource {
  readonly visibilityState?: string;
  addEventListener?(type: string, listener: () => void, options: { signal: AbortSignal }): void;
}

interface Channel<Message> {
  postMessage(message: Message): void;
  close(): void;
  onmessage: ((event: { readonly data: Message }) => void) | null;
  unref?: () => void;
}

interface Locks {
  request<Result>(
    name: string,
    options: { ifAvailable: true },
    work: (lock: unknown) => Promise<Result>,
  ): Promise<Result>;
}

interface Page extends EventSource {
  readonly document?: EventSource;
  readonly localStorage: WebStorage;
  readonly BroadcastChannel?: new <Message>(name: string) => Channel<Message>;
  readonly navigator?: { readonly locks?: Locks };
}

/** What a page has and other environments may lack. */
export const page = globalThis as unknown as Page;
