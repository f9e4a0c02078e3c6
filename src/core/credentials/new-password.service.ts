import { WeakPasswordError, type PasswordRule } from '../errors/errors.js';
import { loadCommonPasswords, type CommonPasswords } from './common-passwords.js';
import type { PasswordHasher } from './password-hasher.js';
import { findViolations, normalizePassword, type PasswordPolicy } from './password-policy.js';

/** Checks new passwords against the policy and hashes them. */
export class NewPasswordService {
  private common: Promise<CommonPasswords> | undefined;

  /** @param names names of the service, which are too predictable as passwords */
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly names: readonly string[],
  ) {}

  /**
   * Hashes a new password.
   * @throws WeakPasswordError the password breaks one or more rules; all of them are listed
   * @throws TooManyRequestsError too many passwords are waiting to be hashed
   */
  async hash(text: string, email: string): Promise<string> {
    const password = normalizePassword(text);
    const violations = await this.violationsOf(password, email);
    if (violations.length > 0) throw new WeakPasswordError(violations);
    return this.hasher.hash(password);
  }

  /**
   * Hashes a password that replaces another.
   * @throws WeakPasswordError the password breaks a rule or equals the current one
   * @throws TooManyRequestsError too many passwords are waiting to be hashed
   */
  async hashReplacement(text: string, current: { email: string; passwordHash: string | null }): Promise<string> {
    const password = normalizePassword(text);
    const violations = await this.violationsOf(password, current.email);
    if (await this.hasher.verify(password, current.passwordHash ?? undefined)) violations.push('REUSED');
    if (violations.length > 0) throw new WeakPasswordError(violations);
    return this.hasher.hash(password);
  }

  private async violationsOf(password: string, email: string): Promise<PasswordRule[]> {
    if (!this.policy.refuseCommon) return findViolations(password, { email, common: new Set() }, this.policy);
    this.common ??= loadCommonPasswords(this.names);
    return findViolations(password, { email, common: await this.common }, this.policy);
  }
}
