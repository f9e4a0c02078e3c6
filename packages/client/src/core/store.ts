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
   * @param orRemove whether a storage that does not keep the value must not keep the earlier one either
   */
  write(key: string, value?: unknown, orRemove?: boolean): Promise<unknown>;
}

export function createStore(storage: TokenStorage, name: string): Store {
  /** By key, what the storage holds, as far as this tab knows, and what it should hold. Empty text is nothing. */
  const held: Record<string, string> = {};
  const wanted: Record<string, string> = {};
  const put = async (key: string, text: string): Promise<void> => {
    await (text ? storage.set(`${name}.${key}`, text) : storage.delete(`${name}.${key}`));
    held[key] = text;
  };
  return {
    async read(key, parse) {
      const text = (await storage.get(`${name}.${key}`)) ?? '';
      if (text !== held[key]) held[key] = wanted[key] = text;
      return attempt(() => parse(JSON.parse(wanted[key] ?? '')));
    },
    async write(key, value, orRemove) {
      const text = value === undefined ? '' : JSON.stringify(value);
      wanted[key] = text;
      try {
        await put(key, text);
      } catch (error) {
        if (orRemove) await put(key, '').catch(() => undefined);
        return error;
      }
      return undefined;
    },
  };
}
