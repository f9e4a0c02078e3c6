import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { packPackage, type PackedPackage } from '../support/packed-package.js';
import { TEST_SECRET } from '../support/test-secret.js';

let database: TestDatabase;
let packed: PackedPackage;

beforeAll(async () => {
  [database, packed] = await Promise.all([createTestDatabase({ empty: true }), packPackage()]);
}, 60_000);

afterAll(async () => {
  await packed.remove();
  await database.drop();
});

test('holds what is built and what is documented, and neither tests nor sources', () => {
  expect(packed.files).toEqual(
    expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/cli/main.js', 'schema.graphql']),
  );
  expect(packed.files.filter((path) => /^(src|test|scripts|node_modules|\.data)\//.test(path))).toEqual([]);
});

test('everything that an application needs works from the packed package', async () => {
  const outcome = await packed.runProgram(
    `
    import * as auth from 'auth-subgraph';
    const { createAuthSubgraph, UserRegistered, UserLoggedOut, AUTH_ENTITIES, UserEntity, SessionEntity } = auth;
    const subgraph = await createAuthSubgraph(async () => ({
      environment: 'test',
      jwt: { secret: process.env.JWT_SECRET },
      password: { saltRounds: 4 },
      database: { url: process.env.DATABASE_URL },
    }));
    await subgraph.migrate();
    const heard = [];
    subgraph.events.on(UserRegistered, (event) => { heard.push(event instanceof UserRegistered && event.email); });
    subgraph.events.on(UserLoggedOut, (event) => { heard.push(event.constructor.name); });
    await subgraph.start();
    const client = { ipAddress: null, userAgent: null };
    const input = { email: 'ada@example.com', password: 'correct horse battery' };
    const { services } = subgraph;
    const opened = await services.registration.register(input, client);
    const refused = await services.login.login({ ...input, password: 'wrong' }, client).catch((error) => error);
    const verified = services.accessTokens.verify(opened.tokens.accessToken, new Date());
    const hash = await services.passwords.hash('another good password', input.email);
    await services.sessions.logout({ userId: opened.user.id, sessionId: opened.session.id });
    for (let wait = 0; wait < 100 && heard.length < 2; wait += 1) await new Promise((next) => setTimeout(next, 50));
    await subgraph.close();
    console.log(JSON.stringify({
      heard: heard.sort(),
      frozen: Object.isFrozen(subgraph.config),
      refused: [refused instanceof auth.InvalidCredentialsError, refused.code, refused.status],
      verified: verified.ok,
      hash: hash.slice(0, 7),
      entities: [AUTH_ENTITIES.includes(UserEntity), AUTH_ENTITIES.includes(SessionEntity)],
      decorators: [typeof auth.Public(), typeof auth.CurrentUser()],
      schema: subgraph.sdl.includes('type User @key'),
    }));
  `,
    { DATABASE_URL: database.url, JWT_SECRET: TEST_SECRET },
  );
  expect(outcome).toEqual({
    heard: ['UserLoggedOut', 'ada@example.com'],
    frozen: true,
    refused: [true, 'AUTH_INVALID_CREDENTIALS', 401],
    verified: true,
    hash: '$2b$04$',
    entities: [true, true],
    decorators: ['function', 'function'],
    schema: true,
  });
}, 60_000);

test('without a logger of its own an application finds error ids on standard error, as lines of JSON', async () => {
  const { answer, log } = await packed.runLoggedProgram(
    `
    import { createAuthSubgraph, createSmtpMailer, MailDeliveryError } from 'auth-subgraph';
    const subgraph = await createAuthSubgraph({
      jwt: { secret: process.env.JWT_SECRET },
      router: { allowDirectAccess: true },
      database: { url: process.env.DATABASE_URL },
      mailer: createSmtpMailer({ url: 'smtp://localhost:1', from: 'Acme <no-reply@acme.example>' }),
    });
    const failure = new MailDeliveryError('EENVELOPE', 550);
    const { extensions } = subgraph.apolloOptions.formatError({ message: failure.message }, failure);
    await subgraph.close();
    console.log(JSON.stringify({ errorId: extensions.errorId, permanent: failure.permanent }));
  `,
    { DATABASE_URL: database.url, JWT_SECRET: TEST_SECRET },
  );
  const { errorId, permanent } = answer as { errorId: string; permanent: boolean };
  expect(permanent).toBe(true);
  const lines = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toEqual([expect.objectContaining({ level: 50, errorId, error: 'MailDeliveryError' })]);
}, 60_000);
