import { expect, test } from '@jest/globals';
import { loadCommonPasswords } from '../../src/core/credentials/common-passwords.js';
import {
  findViolations,
  fitsBcrypt,
  normalizePassword,
  type PasswordPolicy,
} from '../../src/core/credentials/password-policy.js';

const common = await loadCommonPasswords([]);

const LENIENT: PasswordPolicy = {
  minLength: 8,
  requireUppercase: false,
  requireLowercase: false,
  requireNumbers: false,
  requireSpecialChars: false,
  refuseCommon: true,
};
const STRICT: PasswordPolicy = {
  minLength: 12,
  requireUppercase: true,
  requireLowercase: true,
  requireNumbers: true,
  requireSpecialChars: true,
  refuseCommon: true,
};
const EMAIL = 'ada.lovelace@example.com';

test.each<[string, PasswordPolicy, string[]]>([
  ['long enough', LENIENT, []],
  ['q7!xyzw', LENIENT, ['MIN_LENGTH']],
  ['Password123', LENIENT, ['COMMON_PASSWORD']],
  ['qwertyuiop', LENIENT, ['COMMON_PASSWORD']],
  ['qwertyuiop', { ...LENIENT, refuseCommon: false }, []],
  ['😀🐙🚲🌋', LENIENT, ['MIN_LENGTH']],
  ['😀🐙🚲🌋🎻🧊🪁🍋', LENIENT, []],
  ['😀😀😀😀😀😀😀😀', LENIENT, ['COMMON_PASSWORD']],
  ['my Ada.Lovelace password', LENIENT, ['CONTAINS_EMAIL']],
  [EMAIL, LENIENT, ['CONTAINS_EMAIL']],
  ['', STRICT, ['MIN_LENGTH', 'UPPERCASE', 'LOWERCASE', 'NUMBER', 'SPECIAL_CHARACTER']],
  ['Correct-Horse-7', STRICT, []],
  ['Été-à-Zürich-42', STRICT, []],
  ['Correct Horse 7', STRICT, ['SPECIAL_CHARACTER']],
  ['a'.repeat(73), STRICT, ['MAX_LENGTH']],
])('%j breaks exactly the expected rules', (password, policy, violations) => {
  expect(findViolations(password, { email: EMAIL, common }, policy)).toEqual(violations);
});

test('a password may contain a short local part', () => {
  expect(findViolations('a bad canada day', { email: 'ada@example.com', common }, LENIENT)).toEqual([]);
});

test.each([
  ['ada@example.com', 'xx ada@example.com xx'],
  ['adam@example.com', 'xx adam xx yy'],
])('a password contains no whole address, and no local part of four letters: %s', (email, password) => {
  expect(findViolations(password, { email, common }, LENIENT)).toEqual(['CONTAINS_EMAIL']);
});

test('at most 72 bytes fit, however many characters they are', () => {
  expect(fitsBcrypt('a'.repeat(72))).toBe(true);
  expect(fitsBcrypt('a'.repeat(73))).toBe(false);
  expect(fitsBcrypt('é'.repeat(36))).toBe(true);
  expect(fitsBcrypt('é'.repeat(37))).toBe(false);
});

test('composed and decomposed accents are the same password', () => {
  expect(normalizePassword('e\u0301')).toBe('\u00e9');
  const longest = 'ᾂ'.repeat(24);
  expect(fitsBcrypt(longest)).toBe(true);
  expect(normalizePassword(longest.normalize('NFD'))).toBe(longest);
});
