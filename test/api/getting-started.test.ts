import { expect, test } from '@jest/globals';
import { blocksOf } from '../support/pages.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

interface Outcome {
  readonly __typename?: string;
  readonly tokens?: { readonly accessToken: string; readonly refreshToken: string };
}

const OPERATIONS = [
  ...['Register', 'Me', 'Refresh', 'VerifyEmail', 'ForgotPassword', 'ResetPassword', 'Login'],
  ...['ChangePassword', 'ChangeEmail', 'ConfirmEmailChange', 'RevokeOthers', 'Logout'],
];
const OUTCOMES = [
  ...['LoginSuccess', undefined, 'LoginSuccess', 'EmailVerified', 'MailRequested', 'PasswordChanged', 'LoginSuccess'],
  ...['PasswordChanged', 'MailRequested', 'EmailChanged', 'SessionsRevoked', 'SessionRevoked'],
];

/** Puts in what the page has its reader copy: a refresh token, or the token of an email. */
async function filledIn(operation: string, app: TestApp, refreshToken: string): Promise<string> {
  const [placeholder, kind] = /<token of ([\w-]+)>/.exec(operation) ?? [];
  if (placeholder === undefined || kind === undefined) return operation.replace('<refreshToken>', refreshToken);
  const address = kind === 'change-email-confirm' ? 'lovelace@example.com' : 'ada@example.com';
  return operation.replace(placeholder, await app.mailer.token(address, kind));
}

test('the operations of the guide work in order, each with the documented result', async () => {
  const app = await createTestApp({ background: true });
  const operations = blocksOf('docs/guides/getting-started.md', 'graphql').map(({ code }) => code);
  expect(operations.map((code) => /^\w+ (\w+)/.exec(code)?.[1])).toEqual(OPERATIONS);
  const outcomes: (string | undefined)[] = [];
  let tokens = { accessToken: '', refreshToken: '' };
  for (const operation of operations) {
    const query = await filledIn(operation, app, tokens.refreshToken);
    const answer = await app.request(query, {}, { token: tokens.accessToken || undefined });
    expect(answer.errors).toEqual([]);
    const [outcome] = Object.values(answer.data as Record<string, Outcome>);
    outcomes.push(outcome?.__typename);
    tokens = outcome?.tokens ?? tokens;
  }
  expect(outcomes).toEqual(OUTCOMES);
  const { errors } = await app.request('{ me { id } }', {}, { token: tokens.accessToken });
  expect(errors.map(({ extensions }) => extensions.reason)).toEqual(['SESSION_ENDED']);
  await app.login({ email: 'lovelace@example.com', password: 'the best horse battery' });
});

/** Whether what came is what the page shows, where `…` stands for the rest of a text. */
function matchesShown(shown: unknown, actual: unknown): boolean {
  if (typeof shown === 'string' && shown.endsWith('…'))
    return typeof actual === 'string' && actual.startsWith(shown.slice(0, -1));
  if (typeof shown !== 'object' || shown === null) return shown === actual;
  const entries = Object.entries(shown);
  const values = actual as Record<string, unknown>;
  return (
    entries.length === Object.keys(values).length && entries.every(([key, value]) => matchesShown(value, values[key]))
  );
}

test('the commands of the README return the documented responses', async () => {
  const app = await createTestApp();
  const commands = blocksOf('README.md', 'sh').filter(({ code }) => code.startsWith('curl '));
  const responses = blocksOf('README.md', 'json').map(({ code }) => JSON.parse(code) as unknown);
  expect(commands.length).toBe(2);
  expect(responses.length).toBe(2);
  let token: string | undefined;
  for (const [index, { code }] of commands.entries()) {
    expect(code).toMatch(/^curl -s http:\/\/localhost:4001\/graphql -H 'content-type: application\/json' /);
    expect(code.includes(`-H 'authorization: Bearer <accessToken>'`)).toBe(token !== undefined);
    const answer = await app.post(/ -d '(.*)'\n$/.exec(code)?.[1] ?? '', { token });
    const came = JSON.parse(answer.text) as { data: { register?: { tokens: { accessToken: string } } } };
    if (!matchesShown(responses[index], came)) expect(came).toEqual(responses[index]);
    token = came.data.register?.tokens.accessToken;
  }
});
