/** Where a client keeps text across reloads: a `Map`, `webStorage`, or three functions of your own, such as for `AsyncStorage`. */
export interface TokenStorage {
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  set(key: string, value: string): unknown;
  delete(key: string): unknown;
}

/** The methods of `localStorage` and `sessionStorage` that are used. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Keeps text in `localStorage` or `sessionStorage`, and in memory where the browser refuses: in private windows, over
 * quota, or if the user blocks storage.
 * @param storage a function that returns it works also if the user blocks storage, where `localStorage` itself throws
 * @example createAuthClient({ url: '/graphql', mode: 'token', storage: webStorage(() => localStorage) })
 */
export function webStorage(storage: WebStorage | (() => WebStorage)): TokenStorage {
  const memory = new Map<string, string>();
  const web = typeof storage === 'function' ? storage : (): WebStorage => storage;
  const read = (key: string): string | null | undefined => attempt(() => web().getItem(key));
  return {
    get: (key) => memory.get(key) ?? read(key),
    set(key, value) {
      attempt(() => web().setItem(key, value));
      memory[read(key) === value ? 'delete' : 'set'](key, value);
    },
    delete(key) {
      memory.delete(key);
      attempt(() => web().removeItem(key));
    },
  };
}

/** Undefined if the browser refuses. */
export function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
