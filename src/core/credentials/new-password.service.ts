import { WeakPasswordError, type PasswordRule } from '../errors/errors.js';
import type { BreachedPasswords } from './breached-passwords.js';
import { loadCommonPasswords, type CommonPasswords } from './common-passwords.js';
import { comparePassword } from './password-comparison.js';
import type { PasswordHasher } from './password-hasher.js';
import { findViolations, isGarbled, normalizePassword, type PasswordPolicy } from './password-policy.js';

const BREACHED = 'This password is known from a data breach. Choose another one.';
const GARBLED = 'The password contains characters that could not be read. Send it as UTF-8.';

/** Checks new passwords against the policy and hashes them. */
export class NewPasswordService {
  private common: Promise<CommonPasswords> | undefined;

  /**
   * @param names names of the service, which are too predictable as passwords
   * @param breached `undefined` if passwords are not checked against breaches
   */
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly names: readonly string[],
    private readonly breached: Pick<BreachedPasswords, 'has'> | undefined,
  ) {}

  /**
   * Hashes a new password. May send a request, so do not call it in a transaction.
   * @throws WeakPasswordError the password breaks one or more rules, all of which are listed, cannot be read, or is known
   * from a breach
   * @throws TooManyRequestsError too many passwords are waiting to be hashed
   */
  async hash(text: string, email: string): Promise<string> {
    const password = normalizePassword(text);
    const violations = await this.violationsOf(password, email);
    await this.requireAcceptable(password, violations);
    return this.hasher.hash(password);
  }

  /**
   * Hashes a password that replaces another. May send a request, so do not call it in a transaction.
   * @throws WeakPasswordError the password breaks a rule, equals the current one, cannot be read or is known from a breach
   * @throws TooManyRequestsError too many passwords are waiting to be hashed
   */
  async hashReplacement(text: string, current: { email: string; passwordHash: string | null }): Promise<string> {
    const password = normalizePassword(text);
    const violations = await this.violationsOf(password, current.email);
    if (await comparePassword(this.hasher, text, current.passwordHash ?? undefined)) violations.push('REUSED');
    await this.requireAcceptable(password, violations);
    return this.hasher.hash(password);
  }

  /** The breach check comes last, so that passwords that break a rule cause no request. */
  private async requireAcceptable(password: string, violations: readonly PasswordRule[]): Promise<void> {
    if (violations.length > 0) throw new WeakPasswordError(violations);
    if (isGarbled(password)) throw new WeakPasswordError([], GARBLED);
    if (await this.breached?.has(password)) throw new WeakPasswordError(['COMMON_PASSWORD'], BREACHED);
  }

  private async violationsOf(password: string, email: string): Promise<PasswordRule[]> {
    if (!this.policy.refuseCommon) return findViolations(password, { email, common: new Set() }, this.policy);
    return findViolations(password, { email, common: await this.loadCommon() }, this.policy);
  }

  /** A failure is not kept, so that the next password tries again. */
  private async loadCommon(): Promise<CommonPasswords> {
    const loading = (this.common ??= loadCommonPasswords(this.names));
    try {
      return await loading;
    } catch (error) {
      if (this.common === loading) this.common = undefined;
      throw error;
    }
  }
}
