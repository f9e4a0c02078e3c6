/**
 * Where a client keeps text across reloads: a `Map`, `webStorage`, or three functions of your own, such as for `AsyncStorage`.
 * What it fails to keep, a client keeps in memory.
 */
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
 * Keeps text in `localStorage` or `sessionStorage`. A client keeps it in memory where the browser refuses: in private
 * windows, over quota, or if the user blocks storage.
 * @param storage a function that returns it works also if the user blocks storage, where `localStorage` itself throws
 * @example createAuthClient({ url: '/graphql', mode: 'token', storage: webStorage(() => localStorage) })
 */
export function webStorage(storage: WebStorage | (() => WebStorage)): TokenStorage {
  const web = typeof storage === 'function' ? storage : (): WebStorage => storage;
  return {
    get: (key) => attempt(() => web().getItem(key)),
    set: (key, value) => web().setItem(key, value),
    delete: (key) => attempt(() => web().removeItem(key)),
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
