import { promises as dns, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Answer = Parameters<Parameters<LookupFunction>[2]>;
type Lookup = (name: string, options: LookupOptions) => Promise<LookupAddress[]>;

/**
 * Returns a `lookup` option for sockets. Concurrent lookups of a name are one, and those of several names follow each other.
 * A lookup cannot be cancelled and may take half a minute. By default Node.js runs only two at a time: if every attempt to
 * connect to a host started another one, those of other hosts would wait for them.
 * @see https://docs.libuv.org/en/v1.x/threadpool.html
 */
export function shareLookups(lookup: Lookup): LookupFunction {
  const running = new Map<string, Promise<LookupAddress[]>>();
  let last: Promise<unknown> = Promise.resolve();
  const start = (key: string, name: string, options: LookupOptions): Promise<LookupAddress[]> => {
    const found = last.then(() => lookup(name, options)).finally(() => running.delete(key));
    last = found.catch(() => undefined);
    running.set(key, found);
    return found;
  };
  return (name, options, callback) => {
    const answer = (...words: Answer): void => process.nextTick(callback, ...words);
    const key = JSON.stringify([name, options.family, options.hints, options.order]);
    const found = running.get(key) ?? start(key, name, options);
    found.then(
      (addresses) => {
        const [first] = addresses;
        if (options.all || !first) answer(null, addresses);
        else answer(null, first.address, first.family);
      },
      (error: unknown) => answer(error as NodeJS.ErrnoException, []),
    );
  };
}

export const sharedLookup = shareLookups((name, options) => dns.lookup(name, { ...options, all: true }));
