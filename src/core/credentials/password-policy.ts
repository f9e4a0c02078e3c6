import type { PasswordRule } from '../errors/errors.js';
import type { CommonPasswords } from './common-passwords.js';

/** bcrypt ignores the rest. A longer password is rejected, never truncated. */
const MAX_PASSWORD_BYTES = 72;
/** In code units. An accepted password is shorter in every form. Normalising longer text could take quadratic time. */
const MAX_NORMALIZED_LENGTH = 1024;

export interface PasswordPolicy {
  /** In code points. */
  readonly minLength: number;
  readonly requireUppercase: boolean;
  readonly requireLowercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSpecialChars: boolean;
  readonly refuseCommon: boolean;
}

/** What a new password must not be or contain. */
export interface ForbiddenPasswords {
  /** The email address of the account. */
  readonly email: string;
  readonly common: CommonPasswords;
}

/**
 * Converts equivalent Unicode sequences to one form. Text that is too long for a password stays as it is.
 * @see NIST SP 800-63B-4 §3.1.1.2
 */
export function normalizePassword(password: string): string {
  return password.length > MAX_NORMALIZED_LENGTH ? password : password.normalize('NFC');
}

/** Whether bcrypt reads a normalised password completely. */
export function fitsBcrypt(password: string): boolean {
  return password.length <= MAX_PASSWORD_BYTES && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES;
}

/**
 * Whether a password has replacement characters, or unpaired surrogates, which become such characters in UTF-8. They stand
 * for text that was lost on the way, so that other passwords would match as well.
 */
export function isGarbled(password: string): boolean {
  return password.toWellFormed().includes('\ufffd');
}

/** Returns every rule that a normalised new password breaks. */
export function findViolations(
  password: string,
  forbidden: ForbiddenPasswords,
  policy: PasswordPolicy,
): PasswordRule[] {
  if (!fitsBcrypt(password)) return ['MAX_LENGTH'];
  const broken: [PasswordRule, boolean][] = [
    ['MIN_LENGTH', countCodePoints(password) < policy.minLength],
    ['UPPERCASE', policy.requireUppercase && !/\p{Lu}/u.test(password)],
    ['LOWERCASE', policy.requireLowercase && !/\p{Ll}/u.test(password)],
    ['NUMBER', policy.requireNumbers && !/\p{Nd}/u.test(password)],
    ['SPECIAL_CHARACTER', policy.requireSpecialChars && !/[^\p{L}\p{N}\s]/u.test(password)],
    ['COMMON_PASSWORD', policy.refuseCommon && forbidden.common.has(password, [domainOf(forbidden.email)])],
    ['CONTAINS_EMAIL', containsEmail(password, forbidden.email)],
  ];
  return broken.filter(([, isBroken]) => isBroken).map(([rule]) => rule);
}

/** The rules that new passwords are checked against. */
export function rulesOf(policy: PasswordPolicy, checksBreaches: boolean): PasswordRule[] {
  const rules: [PasswordRule, boolean][] = [
    ['MIN_LENGTH', true],
    ['MAX_LENGTH', true],
    ['UPPERCASE', policy.requireUppercase],
    ['LOWERCASE', policy.requireLowercase],
    ['NUMBER', policy.requireNumbers],
    ['SPECIAL_CHARACTER', policy.requireSpecialChars],
    ['COMMON_PASSWORD', policy.refuseCommon || checksBreaches],
    ['CONTAINS_EMAIL', true],
    ['REUSED', true],
  ];
  return rules.filter(([, isOn]) => isOn).map(([rule]) => rule);
}

/** Looks for the whole address, or the part before the `@` if that is longer than three characters. */
function containsEmail(password: string, email: string): boolean {
  const lower = password.toLowerCase();
  const localPart = email.slice(0, email.lastIndexOf('@'));
  return lower.includes(email) || (localPart.length > 3 && lower.includes(localPart));
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1);
}

function countCodePoints(text: string): number {
  return Array.from(text).length;
}
