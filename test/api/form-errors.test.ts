import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { beforeAll, expect, test } from '@jest/globals';
import type { GraphQLContext } from '../../src/index.js';
import { InvalidInputError } from '../../src/index.js';
import { CountingHasher } from '../support/counting-hasher.js';
import {
  EMAIL_FORM_NAMES,
  EMAIL_FORMS,
  formErrors,
  seenOf,
  submit,
  type EmailForm,
  type Seen,
} from '../support/form-errors.js';
import { GraphQLTestClient, newEmail, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const TAKEN = newEmail();
const FORM_ERRORS = formErrors(TAKEN);

const hasher = new CountingHasher();
let app: TestApp;
let ada: SignedIn;
beforeAll(async () => {
  app = await createTestApp({ hasher, emailLimit: { intervalSeconds: 0, maxPerHour: 0 } });
  ada = await app.register({ email: TAKEN });
});

test.each(EMAIL_FORM_NAMES)('a mistyped address in %s runs no statement and hashes no password', async (form) => {
  const before = { comparisons: hasher.comparisons, hashes: hasher.hashes };
  const statements = await app.database.countStatements(async () => {
    const answer = await submit(app, { form, input: EMAIL_FORMS[form]('ada@example') }, { token: ada.accessToken });
    expect(seenOf(answer).__typename).toBe('InvalidInputError');
  });
  expect(statements).toBe(0);
  expect({ comparisons: hasher.comparisons, hashes: hasher.hashes }).toEqual(before);
});

test.each<EmailForm>(['register', 'login', 'forgotPassword', 'resendVerification', 'changeEmail'])(
  '%s treats different spellings of an address as one, in variables and in the query',
  async (form) => {
    const name = `user-${newEmail()}`;
    const stored = name.replace('example.com', 'xn--bcher-kva.example');
    const typed = ` ${stored.toUpperCase().replace('XN--BCHER-KVA', 'BÜCHER')}\n`;
    if (form === 'login') await app.register({ email: stored });
    for (const literal of [false, true]) {
      const input = EMAIL_FORMS[form](form === 'register' && literal ? `x${typed.trim()}` : typed);
      const seen = seenOf(await submit(app, { form, input }, { literal, token: ada.accessToken }));
      expect(seen.errors).toEqual([]);
      expect(seen.__typename).toBe(form === 'register' || form === 'login' ? 'LoginSuccess' : 'MailRequested');
    }
    if (form === 'register')
      expect(await app.database.sql('select 1 from auth_user where email = $1', [stored])).toHaveLength(1);
    else if (form !== 'login')
      expect((await app.mutation(form, EMAIL_FORMS[form](typed), { token: ada.accessToken })).text).toContain(
        `"${stored}"`,
      );
  },
);

test('in your own server, every form error is the same, with HTTP 200', async () => {
  const server = new ApolloServer<GraphQLContext>(app.auth.apolloOptions);
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: ({ req }) => Promise.resolve(app.auth.context({ headers: req.headers, ip: req.socket.remoteAddress })),
  });
  const client = new GraphQLTestClient(async (body, headers) => {
    const response = await fetch(url, { method: 'POST', body, headers: { ...headers, connection: 'close' } });
    return { status: response.status, text: await response.text() };
  });
  const answers: { status: number; seen: Seen }[] = [];
  for (const formError of FORM_ERRORS)
    for (const literal of [false, true]) {
      const answer = await submit(client, formError, { literal, token: ada.accessToken });
      answers.push({ status: answer.status, seen: seenOf(answer) });
    }
  await server.stop();
  expect(answers).toEqual(FORM_ERRORS.flatMap(({ seen }) => [1, 2].map(() => ({ status: 200, seen }))));
});

test('without GraphQL, the services validate and normalise an address themselves', async () => {
  const { emailVerification, login, passwordReset } = app.auth.services;
  const client = { ipAddress: null, userAgent: null };
  for (const work of [
    () => emailVerification.requestMail('ada@example'),
    () => passwordReset.requestMail('ada@example'),
    () => login.login({ email: 'ada@example', password: 'x' }, client),
  ])
    await expect(work()).rejects.toBeInstanceOf(InvalidInputError);
  expect(await passwordReset.requestMail(` ${TAKEN.toUpperCase()} `)).toBe(TAKEN);
});
