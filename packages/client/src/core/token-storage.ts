/** Where a client keeps text over reloads. `AsyncStorage` of React Native fits with three one-line functions. */
export interface TokenStorage {
  get(key: string): string | null | Promise<string | null>;
  set(key: string, value: string): void | Promise<void>;
  remove(key: string): void | Promise<void>;
}

/** The methods of `localStorage` and `sessionStorage` that are used. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Keeps text until the page is closed or reloaded. */
export function memoryStorage(): TokenStorage {
  const entries = new Map<string, string>();
  return {
    get: (key) => entries.get(key) ?? null,
    set: (key, value) => void entries.set(key, value),
    remove: (key) => void entries.delete(key),
  };
}

/**
 * Keeps text in `localStorage` or `sessionStorage`, and in memory where the browser refuses: in private windows, over
 * quota, or if the user blocks storage.
 * @example createAuthClient({ url: '/graphql', mode: 'token', storage: webStorage(localStorage) })
 */
export function webStorage(storage: WebStorage): TokenStorage {
  const memory = memoryStorage();
  const attempt = <Result>(work: () => Result): Result | undefined => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  return {
    get: (key) => memory.get(key) ?? attempt(() => storage.getItem(key)) ?? null,
    set: (key, value) => {
      void memory.remove(key);
      attempt(() => storage.setItem(key, value));
      if (attempt(() => storage.getItem(key)) !== value) void memory.set(key, value);
    },
    remove: (key) => {
      void memory.remove(key);
      attempt(() => storage.removeItem(key));
    },
  };
}
