import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const SECRET = 'hunter2-must-not-come-back';

interface MySessions {
  me: { sessions: Record<string, unknown>[] };
}

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ trustedHops: 1 });
});

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }';
const REGISTER = 'mutation ($input: RegisterInput!) { register(input: $input) { __typename } }';

describe('input of the wrong shape', () => {
  test.each<[string, string, unknown]>([
    ['a number for a password', LOGIN, { email: 'a@example.com', password: 7 }],
    ['an object for a password', LOGIN, { email: 'a@example.com', password: { $ne: SECRET } }],
    ['an array for a password', LOGIN, { email: 'a@example.com', password: [SECRET] }],
    ['null for a password', LOGIN, { email: 'a@example.com', password: null }],
    ['no password', LOGIN, { email: 'a@example.com' }],
    ['an unknown field', LOGIN, { email: 'a@example.com', password: 'x', admin: SECRET }],
    ['a number for an address', REGISTER, { email: 7, password: DEFAULT_PASSWORD }],
    ['an object for an address', REGISTER, { email: { local: SECRET }, password: DEFAULT_PASSWORD }],
    ['null for an address', REGISTER, { email: null, password: SECRET }],
    ['no address', REGISTER, { password: SECRET }],
    ['a string for the whole input', LOGIN, SECRET],
  ])('%s returns BAD_USER_INPUT, and the value is not echoed', async (_name, query, input) => {
    const answer = await app.request(query, { input });
    expect(answer.status).toBe(200);
    expect(answer.errors.map((error) => error.extensions.code)).toContain('BAD_USER_INPUT');
    expect(answer.text).not.toContain(SECRET);
    expect(answer.text).not.toContain('stacktrace');
  });

  test('the error names the position and the expected type', async () => {
    const answer = await app.request(REGISTER, { input: { email: 7, password: DEFAULT_PASSWORD } });
    expect(answer.errors[0]?.message).toBe(
      'Variable "$input" got an invalid value at "input.email"; EmailAddress cannot represent a non string value',
    );
  });

  test.each([
    ['no address', SECRET],
    ['an address on localhost', `${SECRET}@localhost`],
    ['an address with NUL', `${SECRET}\u0000@example.com`],
    ['an address of 300 characters', `${SECRET.repeat(12)}@example.com`],
  ])('%s returns an error as data, and the value is not echoed', async (_name, email) => {
    const answer = await app.mutation('register', { email, password: DEFAULT_PASSWORD });
    expect(answer.status).toBe(200);
    expect(answer.data).toMatchObject({ register: { __typename: 'InvalidInputError', field: 'email' } });
    expect(answer.text).not.toContain(SECRET);
  });

  test.each([
    `mutation { login(input: { email: "a@example.com", password: ["${SECRET}"] }) { __typename } }`,
    `mutation { login(input: { email: "a@example.com", password: "${SECRET}" "${SECRET}" }) { __typename } }`,
    `mutation { login(input: { email: "a@example.com", password: "${SECRET}`,
    `mutation { login(input: "${SECRET}") { __typename } }`,
    `"${SECRET}"`,
    `mutation { revokeSession(input: { sessionId: { a: "${SECRET}" } }) { __typename } }`,
  ])('an invalid document is rejected without echoing its values (%#)', async (query) => {
    const answer = await app.request(query);
    expect(answer.status).toBe(200);
    expect(answer.data).toBeUndefined();
    expect(answer.errors.length).toBeGreaterThan(0);
    expect(answer.text).not.toContain(SECRET);
  });
});

/** NFC sorts the second half before the first, which takes minutes. */
const MARKS = '\u0301'.repeat(250_000) + '\u0316'.repeat(250_000);

test('a password of half a million accents is rejected like any other that is too long', async () => {
  const ada = await app.register();
  const { email, password } = ada;
  expect((await app.mutate('login', { email, password: MARKS })).__typename).toBe('InvalidCredentialsError');
  for (const outcome of [
    await app.mutate('register', { email: newEmail(), password: MARKS }),
    await app.mutate('changePassword', { currentPassword: password, newPassword: MARKS }, { token: ada.accessToken }),
  ])
    expect(outcome).toMatchObject({ __typename: 'WeakPasswordError', violations: ['MAX_LENGTH'] });
  const change = await app.mutate(
    'changePassword',
    { currentPassword: MARKS, newPassword: DEFAULT_PASSWORD },
    { token: ada.accessToken },
  );
  expect(change.__typename).toBe('InvalidCredentialsError');
});

test.each([
  ['a replacement character', 'correct h\ufffdrse battery'],
  ['half of a surrogate pair', 'correct horse battery \ud83d'],
  ['the halves in the wrong order', 'correct horse battery \udc40\ud83d'],
])('a new password with %s is refused: others would match as well', async (_name, garbled) => {
  const ada = await app.register();
  for (const outcome of [
    await app.mutate('register', { email: newEmail(), password: garbled }),
    await app.mutate(
      'changePassword',
      { currentPassword: ada.password, newPassword: garbled },
      { token: ada.accessToken },
    ),
  ])
    expect(outcome).toMatchObject({
      __typename: 'WeakPasswordError',
      violations: [],
      message: 'The password contains characters that could not be read. Send it as UTF-8.',
    });
});

test('a new password may contain characters beyond the basic plane', async () => {
  const account = { email: newEmail(), password: 'correct horse battery \ud83d\udc40' };
  expect((await app.mutate('register', account)).__typename).toBe('LoginSuccess');
  expect((await app.mutate('login', account)).__typename).toBe('LoginSuccess');
});

test.each([
  ['{"query":"subscription { x }"}'],
  ['{"query":"{ __typename }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}'],
])('an unknown operation or field is rejected and not logged as our error: %s', async (body) => {
  const answer = await app.post(body);
  expect(answer.errors.length).toBeGreaterThan(0);
  expect(answer.text).not.toContain('INTERNAL_SERVER_ERROR');
});

describe('a variable that makes an argument invalid', () => {
  const { logger, lines, text } = recordingLogger();
  let logged: TestApp;
  beforeAll(async () => {
    logged = await createTestApp({ logger });
  });

  const INPUT = `{ email: $email, password: "${SECRET}" }`;
  test.each<[string, string, Record<string, unknown>]>([
    [
      'null in an input with a literal',
      `mutation ($email: EmailAddress = "a@example.com") { login(input: ${INPUT}) { __typename } }`,
      { email: null },
    ],
    [
      'null for an input with a default',
      `mutation ($input: LoginInput = { email: "a@example.com", password: "${SECRET}" }) { login(input: $input) { __typename } }`,
      { input: null },
    ],
    ['null for @skip', 'query ($is: Boolean = true) { __typename @skip(if: $is) }', { is: null }],
    [
      'null for @include below a field',
      'query ($is: Boolean = true) { authSettings { __typename @include(if: $is) } }',
      { is: null },
    ],
  ])('%s returns BAD_USER_INPUT and is not logged', async (_name, query, variables) => {
    const answer = await logged.request(query, variables);
    expect(answer.errors.map((error) => error.extensions)).toEqual([{ code: 'BAD_USER_INPUT' }]);
    expect(answer.errors[0]?.message).toMatch(
      /^Argument "(input|if)" (has an invalid value|of non-null type "\w+!" must not be null)\.$/,
    );
    expect(answer.text).not.toContain(SECRET);
    expect(text()).not.toContain(SECRET);
    expect(lines().filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });
});

test('removing a rejected value leaves a complete sentence', async () => {
  const inline = await app.request(
    'mutation { login(input: { email: "a@example.com", password: 123 }) { __typename } }',
  );
  expect(inline.errors[0]?.message).toBe('String cannot represent a non string value.');
  const variable = await app.request(LOGIN, { input: { email: 'a@example.com', password: 123 } });
  expect(variable.errors[0]?.message).toBe(
    'Variable "$input" got an invalid value at "input.password"; String cannot represent a non string value',
  );
});

describe('a body that is not a GraphQL request', () => {
  test.each<[string, number, string, Record<string, string>]>([
    ['broken JSON', 400, `{"query": "${SECRET}`, {}],
    ['an array', 400, `["${SECRET}"]`, {}],
    ['a number', 400, '7', {}],
    ['an empty body', 400, '', {}],
    ['a query of the wrong type', 400, `{"query": {"a": "${SECRET}"}}`, {}],
    ['variables of the wrong type', 400, `{"query": "{ __typename }", "variables": "${SECRET}"}`, {}],
    ['two megabytes', 413, JSON.stringify({ query: SECRET.repeat(80_000) }), {}],
    ['another content type', 415, SECRET, { 'content-type': 'application/xml' }],
  ])('%s returns %i', async (_name, status, body, headers) => {
    const answer = await app.post(body, { headers });
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain(SECRET);
  });
});

describe('client data in headers', () => {
  async function sessionAfterRegister(headers: Record<string, string>): Promise<Record<string, unknown>> {
    const input = { email: newEmail(), password: DEFAULT_PASSWORD };
    const { tokens } = await app.mutate('register', input, { headers });
    const answer = await app.request<MySessions>(
      '{ me { sessions { ipAddress userAgent } } }',
      {},
      { token: tokens?.accessToken },
    );
    return answer.data.me.sessions[0] ?? {};
  }

  test('a User-Agent of 10 kB is truncated to 512 characters', async () => {
    expect((await sessionAfterRegister({ 'user-agent': 'x'.repeat(10_000) }))['userAgent']).toBe('x'.repeat(512));
  });

  test.each([
    ['overlong', '1'.repeat(5000)],
    ['no address', '<script>alert(1)</script>'],
    ['a NUL', '1.2.3.4\u0000'],
  ])('an X-Forwarded-For that is %s is not stored', async (_name, value) => {
    const { ipAddress } = await sessionAfterRegister({ 'x-forwarded-for': value });
    expect(ipAddress).toBeNull();
  });

  test.each([
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['192.0.2.7:5555', '192.0.2.7'],
  ])('an X-Forwarded-For is stored without its port, in its shortest form: %s', async (value, stored) => {
    expect(await sessionAfterRegister({ 'x-forwarded-for': value })).toMatchObject({ ipAddress: stored });
  });

  test('of a spoofed X-Forwarded-For only the address that the trusted proxy added is stored', async () => {
    const { ipAddress } = await sessionAfterRegister({ 'x-forwarded-for': '6.6.6.6, 2001:db8::7' });
    expect(ipAddress).toBe('2001:db8::7');
  });

  test('without a trusted proxy X-Forwarded-For is ignored', async () => {
    const direct = await createTestApp();
    const input = { email: newEmail(), password: DEFAULT_PASSWORD };
    const { tokens } = await direct.mutate('register', input, { headers: { 'x-forwarded-for': '6.6.6.6' } });
    const answer = await direct.request<MySessions>(
      '{ me { sessions { ipAddress } } }',
      {},
      { token: tokens?.accessToken },
    );
    expect(answer.data.me.sessions).toEqual([{ ipAddress: '127.0.0.1' }]);
  });
});

describe('excessive operations', () => {
  test.each([
    ['many mutations in one operation', `mutation { ${many(11, (n) => `a${n}: logout { __typename }`)} }`],
    [
      'many mutations behind fragments',
      `mutation { ...A ...B } fragment A on Mutation { ${many(6, (n) => `a${n}: logout { __typename }`)} } fragment B on Mutation { ${many(6, (n) => `b${n}: logout { __typename }`)} }`,
    ],
    ['1,001 fields', `{ ${many(1001, (n) => `a${n}: __typename`)} }`],
    [
      'fragments that double each other',
      `{ ...F20 } fragment F0 on Query { __typename } ${many(20, (n) => `fragment F${String(Number(n) + 1)} on Query { ...F${n} ...F${n} }`)}`,
    ],
    ['very deep nesting', `{ __schema { types { ${'fields { type { '.repeat(12)} name ${'} }'.repeat(12)} } } }`],
  ])('%s are rejected before anything runs', async (_name, query) => {
    const answer = await app.request(query);
    expect(answer.data).toBeUndefined();
    expect(answer.errors.map((error) => error.extensions.code)).toContain('OPERATION_TOO_COMPLEX');
  });

  test('a document with too many tokens is not parsed', async () => {
    const answer = await app.request(`{ ${'__typename '.repeat(6000)} }`);
    expect(answer.errors.map((error) => error.extensions.code)).toEqual(['GRAPHQL_PARSE_FAILED']);
  });

  function many(count: number, make: (n: string) => string): string {
    return Array.from({ length: count }, (_value, n) => make(String(n))).join(' ');
  }
});
