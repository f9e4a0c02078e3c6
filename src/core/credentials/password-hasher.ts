import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import type { CallerConnection } from '../../platform/http/request-origin.js';
import type { Random } from '../../platform/random.js';
import { BCRYPT_HASH } from './bcrypt-hash.js';
import { readForeignHash } from './foreign-hashes/foreign-hash.js';
import { HashQueue } from './hash-queue.js';
import { fitsBcrypt } from './password-policy.js';

/** Hashes passwords. New ones are normalised. Tests use a cheap implementation. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /**
   * Takes the same time for a correct password, a wrong one and an unknown account (`undefined`). May skip
   * the comparison if the caller has disconnected.
   */
  verify(password: string, hash: string | undefined, caller?: CallerConnection): Promise<boolean>;
  /** How full the queue of waiting passwords is, from 0 to 1. The readiness check fails before it is full. */
  readonly level?: number;
  /** Whether a verified hash has a lower cost than new hashes, or was made by another system. */
  needsRehash(hash: string): boolean;
}

const SECONDS_PER_HASH_AT_COST_10 = 0.045;
/** @see https://docs.libuv.org/en/v1.x/threadpool.html */
const DEFAULT_THREADS = 4;

/**
 * How many passwords are hashed at a time: one per core, but fewer than libuv has threads, so that name lookups and
 * decompression do not wait for them.
 */
export function hashesAtATime(cores = availableParallelism(), threads = threadPoolSize()): number {
  return Math.max(1, Math.min(cores, threads - 1));
}

function threadPoolSize(): number {
  // eslint-disable-next-line no-restricted-properties -- a variable of libuv, not an option of the service
  const size = process.env['UV_THREADPOOL_SIZE'];
  // libuv counts an invalid size as 1.
  return size === undefined ? DEFAULT_THREADS : Number.parseInt(size, 10) || 1;
}

/**
 * bcrypt with a limited number of hashes at a time. Hashes of other systems are verified too, but never made. Comparisons with
 * these take a second thread.
 * @throws TooManyRequestsError too many passwords are waiting already
 */
export class BcryptHasher implements PasswordHasher {
  private readonly queue: HashQueue;
  private readonly decoy: Promise<string>;

  constructor(
    private readonly saltRounds: number,
    random: Random,
  ) {
    this.queue = new HashQueue(hashesAtATime(), SECONDS_PER_HASH_AT_COST_10 * 2 ** (saltRounds - 10));
    this.decoy = bcrypt.hash(random.bytes(32).toString('base64url'), saltRounds);
  }

  get level(): number {
    return this.queue.level;
  }

  async hash(password: string): Promise<string> {
    if (!fitsBcrypt(password)) throw new RangeError('bcrypt would cut this password');
    return this.queue.run(() => bcrypt.hash(password, this.saltRounds));
  }

  async verify(password: string, hash: string | undefined, caller?: CallerConnection): Promise<boolean> {
    const decoy = await this.decoy;
    return this.queue.run(this.comparisonWith(password, hash, decoy), caller);
  }

  needsRehash(hash: string): boolean {
    return !BCRYPT_HASH.test(hash) || bcrypt.getRounds(nameOfLibrary(hash)) < this.saltRounds;
  }

  /** The comparison takes as long as one with a new hash: neither an unknown account nor a cheaper hash is answered sooner. */
  private comparisonWith(password: string, hash: string | undefined, decoy: string): () => Promise<boolean> {
    const compareDecoy = async (cost: number): Promise<boolean> => compareStart(password, withCost(decoy, cost));
    const foreign = hash === undefined ? undefined : readForeignHash(hash);
    if (foreign) return async () => (await Promise.all([foreign.matches(password), compareDecoy(this.saltRounds)]))[0];
    if (hash === undefined || !BCRYPT_HASH.test(hash) || !fitsBcrypt(password))
      return async () => compareDecoy(this.saltRounds);
    return async () => {
      const own = nameOfLibrary(hash);
      const matches = await compareStart(password, own);
      // The work doubles with the cost, so costs 8, 8 and 9 are as much as cost 10. In parallel, it would show if no core is free.
      for (let cost = bcrypt.getRounds(own); cost < this.saltRounds; cost += 1) await compareDecoy(cost);
      return matches;
    };
  }
}

/** bcrypt ignores everything after byte 72. */
function compareStart(password: string, hash: string): Promise<boolean> {
  return bcrypt.compare(password.slice(0, 72), hash);
}

/** PHP writes `$2y$` for `$2b$`, but the library supports only the latter. */
function nameOfLibrary(hash: string): string {
  return hash.replace(/^\$2y\$/, '$2b$');
}

/** A hash that no password matches stays one at any cost. */
function withCost(decoy: string, cost: number): string {
  return decoy.replace(/\$\d\d\$/, `$${String(cost).padStart(2, '0')}$`);
}
