import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import pLimit, { type LimitFunction } from 'p-limit';
import { TooManyRequestsError } from '../errors/errors.js';
import type { Random } from '../../platform/random.js';
import { fitsBcrypt } from './password-policy.js';

/** Hashes what a person chose. Tests pass one that is cheap. Passwords come normalised. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Does the same work for a wrong password, an unknown account (`undefined`) and a right one. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
  /** Whether a hash that verified was made at a lower cost than new ones are. */
  needsRehash(hash: string): boolean;
}

/** What `crypt` calls bcrypt, at the costs that it knows. `$2x$` marks hashes of a faulty implementation. */
const BCRYPT_HASH = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

/** Waiting hashes per core: about three seconds of work at cost 10. */
const QUEUE_LENGTH_PER_CORE = 64;
const SECONDS_PER_HASH_AT_COST_10 = 0.045;

/**
 * bcrypt, with at most one hash per core at a time, so that a storm of sign-ins leaves the thread pool to others.
 * @throws TooManyRequestsError when too many are waiting already
 */
export class BcryptHasher implements PasswordHasher {
  private readonly cores = availableParallelism();
  private readonly limit: LimitFunction = pLimit(this.cores);
  private readonly decoy: Promise<string>;

  constructor(
    private readonly saltRounds: number,
    random: Random,
  ) {
    this.decoy = bcrypt.hash(random.bytes(32).toString('base64url'), saltRounds);
  }

  async hash(password: string): Promise<string> {
    if (!fitsBcrypt(password)) throw new RangeError('bcrypt would cut this password');
    return this.inTurn(() => bcrypt.hash(password, this.saltRounds));
  }

  async verify(password: string, hash: string | undefined): Promise<boolean> {
    // bcrypt would accept a wrong tail after byte 72, and would refuse a string that is not a bcrypt hash without any
    // work. In both cases a comparison runs, and the password is refused.
    const comparable = hash !== undefined && BCRYPT_HASH.test(hash) && fitsBcrypt(password);
    const against = comparable ? nameOfLibrary(hash) : await this.decoy;
    const equal = await this.inTurn(() => bcrypt.compare(password.slice(0, 72), against));
    return equal && comparable;
  }

  needsRehash(hash: string): boolean {
    return bcrypt.getRounds(nameOfLibrary(hash)) < this.saltRounds;
  }

  /** @throws TooManyRequestsError when too many are waiting already */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { pendingCount } = this.limit;
    if (pendingCount < this.cores * QUEUE_LENGTH_PER_CORE) return this.limit(work);
    const secondsPerHash = SECONDS_PER_HASH_AT_COST_10 * 2 ** (this.saltRounds - 10);
    throw new TooManyRequestsError(Math.max(1, Math.ceil((pendingCount / this.cores) * secondsPerHash)));
  }
}

/** `$2y$` is what PHP calls `$2b$`; the library knows the latter name only. */
function nameOfLibrary(hash: string): string {
  return hash.replace(/^\$2y\$/, '$2b$');
}
