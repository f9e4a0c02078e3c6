import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Answer = Parameters<Parameters<LookupFunction>[2]>;

const running = new Map<string, Promise<LookupAddress[]>>();

/**
 * Looks up the addresses of a name, for all who ask at the same time at once. A lookup cannot be cancelled, and only two run at
 * a time: if every attempt to connect to one host started another, those of other hosts would wait for them.
 * @see https://docs.libuv.org/en/v1.x/threadpool.html
 */
export function lookupShared(name: string, options: LookupOptions = {}): Promise<LookupAddress[]> {
  const key = JSON.stringify([name, options.family, options.hints, options.order]);
  const found =
    running.get(key) ??
    new Promise<LookupAddress[]>((resolve, reject) => {
      lookup(name, { ...options, all: true }, (error, addresses) => {
        running.delete(key);
        if (error) reject(error);
        else resolve(addresses);
      });
    });
  running.set(key, found);
  return found;
}

/** The same for the `lookup` option of a socket. */
export const sharedLookup: LookupFunction = (name, options, callback) => {
  const answer = (...words: Answer): void => process.nextTick(callback, ...words);
  lookupShared(name, options).then(
    (addresses) =>
      options.all ? answer(null, addresses) : answer(null, addresses[0]?.address ?? '', addresses[0]?.family),
    (error: unknown) => answer(error as NodeJS.ErrnoException, []),
  );
};
