import { expect, test } from '@jest/globals';
import { createTestApp, type TestOptions } from '../support/test-app.js';

const QUERY = '{ authSettings { registrationEnabled emailVerificationRequired passwordMinLength passwordRules } }';
const ALWAYS = ['MIN_LENGTH', 'MAX_LENGTH', 'CONTAINS_EMAIL', 'REUSED'];

async function settingsOf(options: TestOptions): Promise<Record<string, unknown>> {
  const app = await createTestApp(options);
  let settings: Record<string, unknown> = {};
  const statements = await app.database.countStatements(async () => {
    const { data } = await app.request<{ authSettings: Record<string, unknown> }>(QUERY);
    settings = data.authSettings;
  });
  expect(statements).toBe(0);
  return settings;
}

test('anyone can read what forms depend on, without a statement', async () => {
  const { passwordRules, ...settings } = await settingsOf({});
  expect(settings).toEqual({ registrationEnabled: true, emailVerificationRequired: false, passwordMinLength: 8 });
  expect(new Set(passwordRules as string[])).toEqual(new Set([...ALWAYS, 'COMMON_PASSWORD']));
});

test('the settings follow the options', async () => {
  const { passwordRules, ...settings } = await settingsOf({
    registration: { enabled: false, requireEmailVerification: true },
    password: { minLength: 12, requireUppercase: true, requireNumbers: true, refuseCommon: false },
  });
  expect(settings).toEqual({ registrationEnabled: false, emailVerificationRequired: true, passwordMinLength: 12 });
  expect(new Set(passwordRules as string[])).toEqual(new Set([...ALWAYS, 'UPPERCASE', 'NUMBER']));
});

test.each([
  ['requireUppercase', 'UPPERCASE', 'abcdefgh-1'],
  ['requireLowercase', 'LOWERCASE', 'ABCDEFGH-1'],
  ['requireNumbers', 'NUMBER', 'Abcdefgh-x'],
  ['requireSpecialChars', 'SPECIAL_CHARACTER', 'Abcdefgh1x'],
] as const)('a rule that %s switches on is listed, and enforced', async (option, rule, password) => {
  const app = await createTestApp({ password: { refuseCommon: false, [option]: true } });
  const { data } = await app.request<{ authSettings: { passwordRules: string[] } }>(QUERY);
  expect(data.authSettings.passwordRules).toContain(rule);
  const input = { email: 'ada@example.com', password };
  expect(await app.mutate('register', input)).toMatchObject({ __typename: 'WeakPasswordError', violations: [rule] });
});
