import bcrypt from 'bcrypt';
import type { PasswordHasher } from '../../src/core/credentials/password-hasher.js';

/** A cheap hasher that counts its calls. */
export class CountingHasher implements PasswordHasher {
  comparisons = 0;
  hashes = 0;

  async hash(password: string): Promise<string> {
    this.hashes += 1;
    return bcrypt.hash(password, 4);
  }

  async verify(password: string, hash: string | undefined): Promise<boolean> {
    this.comparisons += 1;
    return hash !== undefined && bcrypt.compare(password, hash);
  }

  needsRehash(): boolean {
    return false;
  }
}
