import { setImmediate } from 'node:timers/promises';
import { TooManyRequestsError } from '../../src/core/errors/errors.js';
import { hashesAtATime, type PasswordHasher } from '../../src/core/credentials/password-hasher.js';

/** More comparisons than a hasher queues, however fast it is. */
const COMPARISONS_PER_HASH = 1100;

/**
 * Fills the queue of a hasher and keeps it full until the returned function is called. A finished comparison is
 * replaced before the event loop turns, so a request finds no free place, however fast the machine is. The queue becomes
 * longer after a slow moment, so comparisons that were refused come back.
 */
export async function crowd(hasher: PasswordHasher): Promise<() => Promise<void>> {
  // The first comparison may wait for the hasher to be ready; the ones after it queue at once.
  await hasher.verify('wrong', undefined);
  let isLeaving = false;
  const comeBack = async (error: unknown): Promise<unknown> => {
    if (!(error instanceof TooManyRequestsError)) throw error;
    return setImmediate();
  };
  const keepComparing = async (): Promise<void> => {
    while (!isLeaving) await hasher.verify('wrong', undefined).catch(comeBack);
  };
  const comparing = Array.from({ length: hashesAtATime() * COMPARISONS_PER_HASH }, keepComparing);
  return async () => {
    isLeaving = true;
    await Promise.all(comparing);
  };
}
