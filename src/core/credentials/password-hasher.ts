import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import pLimit, { type LimitFunction } from 'p-limit';
import { TooManyRequestsError } from '../errors/errors.js';
import type { Random } from '../../platform/random.js';
import { fitsBcrypt } from './password-policy.js';

/** Hashes passwords, which are already normalised. Tests use a cheap implementation. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Takes the same time for a correct password, a wrong one and an unknown account (`undefined`). */
  verify(password: string, hash: string | undefined): Promise<boolean>;
  /** Whether a verified hash has a lower cost than new hashes. */
  needsRehash(hash: string): boolean;
}

/** Valid bcrypt hashes. `$2x$`, the mark of a faulty implementation, is excluded. */
const BCRYPT_HASH = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

/** Hashes that may wait per core: about three seconds of work at cost 10. */
const QUEUE_LENGTH_PER_CORE = 64;
const SECONDS_PER_HASH_AT_COST_10 = 0.045;

/**
 * bcrypt with at most one hash per core at a time, so that many sign-ins at once do not block the thread pool.
 * @throws TooManyRequestsError too many passwords are waiting already
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
    // bcrypt ignores everything after byte 72 and rejects invalid hashes at once. In both cases, run a comparison anyway
    // and reject the password.
    const comparable = hash !== undefined && BCRYPT_HASH.test(hash) && fitsBcrypt(password);
    const against = comparable ? nameOfLibrary(hash) : await this.decoy;
    const equal = await this.inTurn(() => bcrypt.compare(password.slice(0, 72), against));
    return equal && comparable;
  }

  needsRehash(hash: string): boolean {
    return bcrypt.getRounds(nameOfLibrary(hash)) < this.saltRounds;
  }

  /** @throws TooManyRequestsError too many passwords are waiting already */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { pendingCount } = this.limit;
    if (pendingCount < this.cores * QUEUE_LENGTH_PER_CORE) return this.limit(work);
    const secondsPerHash = SECONDS_PER_HASH_AT_COST_10 * 2 ** (this.saltRounds - 10);
    throw new TooManyRequestsError(Math.max(1, Math.ceil((pendingCount / this.cores) * secondsPerHash)));
  }
}

/** PHP writes `$2y$` for `$2b$`, but the library supports only the latter. */
function nameOfLibrary(hash: string): string {
  return hash.replace(/^\$2y\$/, '$2b$');
}
