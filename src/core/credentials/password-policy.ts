import type { PasswordRule } from '../errors/errors.js';
import type { CommonPasswords } from './common-passwords.js';

/** bcrypt reads no further than this. A longer password is refused, never cut. */
const MAX_PASSWORD_BYTES = 72;

export interface PasswordPolicy {
  /** In characters (code points). */
  readonly minLength: number;
  readonly requireUppercase: boolean;
  readonly requireLowercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSpecialChars: boolean;
  readonly refuseCommon: boolean;
}

/** What a new password must not be, or hold. */
export interface ForbiddenPasswords {
  /** The address of the account. */
  readonly email: string;
  readonly common: CommonPasswords;
}

/** One form for the many ways in which a keyboard can write the same characters. @see NIST SP 800-63B-4 §3.1.1.2 */
export function normalizePassword(password: string): string {
  return password.normalize('NFC');
}

/** True when bcrypt reads the whole of a normalised password. */
export function fitsBcrypt(password: string): boolean {
  return password.length <= MAX_PASSWORD_BYTES && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES;
}

/** Every rule that a normalised new password breaks; none when it is good. */
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
    ['COMMON_PASSWORD', policy.refuseCommon && forbidden.common.has(password)],
    ['CONTAINS_EMAIL', containsEmail(password, forbidden.email)],
  ];
  return broken.filter(([, isBroken]) => isBroken).map(([rule]) => rule);
}

/** The whole address or the part before the @; one of three characters or less is too common to be held against it. */
function containsEmail(password: string, email: string): boolean {
  const lower = password.toLowerCase();
  const localPart = email.slice(0, email.lastIndexOf('@'));
  return lower.includes(email) || (localPart.length > 3 && lower.includes(localPart));
}

function countCodePoints(text: string): number {
  return Array.from(text).length;
}
