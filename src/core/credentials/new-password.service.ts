import { WeakPasswordError, type PasswordRule } from '../errors/errors.js';
import { loadCommonPasswords, type CommonPasswords } from './common-passwords.js';
import type { PasswordHasher } from './password-hasher.js';
import { findViolations, normalizePassword, type PasswordPolicy } from './password-policy.js';

/** Takes new passwords: checks them against the policy, and hashes them. */
export class NewPasswordService {
  private common: Promise<CommonPasswords> | undefined;

  /** @param names names of the service, which a password must not be made of */
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly names: readonly string[],
  ) {}

  /**
   * The hash of a new password.
   * @throws WeakPasswordError the password breaks a rule; every broken rule is named
   * @throws TooManyRequestsError too many passwords wait to be hashed
   */
  async hash(text: string, email: string): Promise<string> {
    const password = normalizePassword(text);
    const violations = await this.violationsOf(password, email);
    if (violations.length > 0) throw new WeakPasswordError(violations);
    return this.hasher.hash(password);
  }

  /**
   * The hash of a password that replaces another.
   * @throws WeakPasswordError it breaks a rule or is the one that it replaces
   * @throws TooManyRequestsError too many passwords wait to be hashed
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
