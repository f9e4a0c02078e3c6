import { attempt, type TokenStorage } from './token-storage.js';

/** The entries of one client in a storage, as JSON. */
export interface Store {
  /**
   * Undefined if there is nothing, or something that is not JSON.
   * @param parse throws or returns undefined if the value is of another shape
   */
  read<Value>(key: string, parse: (value: unknown) => Value): Promise<Value | undefined>;
  /**
   * Removes the entry if there is no value. Returns the error of a storage that fails; `read` returns the value all the same
   * until another tab has replaced the entry.
   */
  write(key: string, value?: unknown): Promise<unknown>;
}

export function createStore(storage: TokenStorage, name: string): Store {
  /** By key, what the storage holds, as far as this tab knows, and what it should hold. Empty text is nothing. */
  const held: Record<string, string> = {};
  const wanted: Record<string, string> = {};
  return {
    async read(key, parse) {
      const text = (await storage.get(`${name}.${key}`)) ?? '';
      if (text !== held[key]) held[key] = wanted[key] = text;
      return attempt(() => parse(JSON.parse(wanted[key] ?? '')));
    },
    async write(key, value) {
      const text = value === undefined ? '' : JSON.stringify(value);
      wanted[key] = text;
      try {
        await (text ? storage.set(`${name}.${key}`, text) : storage.delete(`${name}.${key}`));
        held[key] = text;
      } catch (error) {
        return error;
      }
      return undefined;
    },
  };
}
