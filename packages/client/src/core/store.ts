import { attempt, type TokenStorage } from './token-storage.js';

/** The entries of one client in a storage, as JSON. */
export interface Store {
  /**
   * Undefined if there is nothing, or something that is not JSON.
   * @param parse throws or returns undefined if the value is of another shape
   */
  read<Value>(key: string, parse: (value: unknown) => Value): Promise<Value | undefined>;
  /** Removes the entry if there is no value. */
  write(key: string, value?: unknown): Promise<void>;
}

export function createStore(storage: TokenStorage, name: string): Store {
  return {
    async read(key, parse) {
      const text = await storage.get(`${name}.${key}`);
      return attempt(() => parse(JSON.parse(text ?? '')));
    },
    async write(key, value) {
      await (value === undefined
        ? storage.delete(`${name}.${key}`)
        : storage.set(`${name}.${key}`, JSON.stringify(value)));
    },
  };
}
