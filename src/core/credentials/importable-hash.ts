import { BCRYPT_HASH, withoutUnusedBits } from './bcrypt-hash.js';
import { foreignHashProblem } from './foreign-hashes/foreign-hash.js';

/** The highest cost of new hashes. Each further step doubles the time of every sign-in. */
const MAX_BCRYPT_COST = 15;

/** Why a password hash of another system cannot be imported, as the rest of a sentence; `undefined` if it can. */
export function importProblem(hash: string): string | undefined {
  const [, cost] = BCRYPT_HASH.exec(hash) ?? [];
  if (cost === undefined) return foreignHashProblem(hash);
  return Number(cost) > MAX_BCRYPT_COST
    ? `is too costly to verify; bcrypt hashes may have a cost of at most ${String(MAX_BCRYPT_COST)}`
    : undefined;
}

/** The form in which an importable hash is stored. */
export function toStoredHash(hash: string): string {
  return BCRYPT_HASH.test(hash) ? withoutUnusedBits(hash) : hash;
}
