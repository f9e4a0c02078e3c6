import { ApolloServer } from '@apollo/server';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphQLContext } from '../../src/index.js';
import type { SignedIn } from '../support/graphql-client.js';
import { newOperator } from '../support/operators.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ada: SignedIn;
beforeAll(async () => {
  app = await createTestApp();
  ada = await app.register();
  await app.login(ada);
});

const times = (count: number, make: (n: number) => string): string =>
  Array.from({ length: count }, (_value, n) => make(n)).join(' ');

const SESSIONS = times(20, (n) => `s${String(n)}: sessions { id }`);

test.each<[string, string, number]>([
  ['me', `{ ${times(100, (n) => `m${String(n)}: me { id email }`)} }`, 1],
  ['the sessions of one me', `{ me { ${SESSIONS} } }`, 2],
  ['the sessions of many', `{ ${times(20, (n) => `m${String(n)}: me { sessions { id } }`)} }`, 2],
])('%s, selected under many aliases, costs as many statements as once', async (_name, query, statements) => {
  const count = await app.database.countStatements(async () => {
    const answer = await app.request(query, {}, { token: ada.accessToken });
    expect(answer.errors).toEqual([]);
    expect(answer.text.split(ada.sessionId).length - 1).toBe(statements === 1 ? 0 : 20);
  });
  expect(count).toBe(statements);
});

test('the sessions of a user who is referenced many times cost one statement', async () => {
  const representations = times(30, () => `{ __typename: "User", id: "${ada.userId}" }`);
  const query = `{ _entities(representations: [${representations}]) { ... on User { email sessions { id } } } }`;
  const count = await app.database.countStatements(async () => {
    const answer = await app.request(query, {}, { token: ada.accessToken });
    expect(answer.text.split(ada.sessionId).length - 1).toBe(30);
  });
  expect(count).toBe(2);
});

describe('an operator', () => {
  let own: TestApp;
  let boss: SignedIn;
  beforeAll(async () => {
    own = await createTestApp({ admin: { schema: 'included' }, serviceAccounts: { enabled: true } });
    boss = await newOperator(own, ['auth:users:read', 'auth:services:write']);
  });

  /** Runs a query, and returns its data and the number of its statements. */
  async function costOf(query: string): Promise<{ data: unknown; statements: number }> {
    let data: unknown;
    const statements = await own.database.countStatements(async () => {
      const answer = await own.request(query, {}, { token: boss.accessToken });
      expect(answer.errors).toEqual([]);
      ({ data } = answer);
    });
    return { data, statements };
  }

  test('reads users with one statement, under however many names', async () => {
    const ids = [boss.userId, boss.userId.toUpperCase(), (await own.register()).userId, crypto.randomUUID(), 'no id'];
    const user = (n: number): string =>
      `u${String(n)}: adminUser(id: "${ids[n % ids.length] ?? ''}") { ... on AuthUserRecord { id } ... on AuthError { code } }`;
    const { data, statements } = await costOf(`{ ${times(100, user)} }`);
    const [left, right, unknown] = [{ id: ids[0] }, { id: ids[2] }, { code: 'AUTH_ACCOUNT_NOT_FOUND' }];
    expect(data).toMatchObject({ u0: left, u1: left, u2: right, u3: unknown, u4: unknown, u97: right });
    expect(statements).toBe(1);
  });

  test('reads service accounts with one statement, under however many names', async () => {
    await own.auth.services.serviceAccounts.create({ name: 'billing', scopes: [] });
    const { data, statements } = await costOf(
      `{ ${times(20, (n) => `s${String(n)}: adminServiceAccounts { name }`)} }`,
    );
    expect(data).toMatchObject({ s0: [{ name: 'billing' }], s19: [{ name: 'billing' }] });
    expect(statements).toBe(1);
  });
});

test('each mutation of an operation without limits returns the sessions that exist when it runs', async () => {
  const grace = await app.register();
  const list = '... on LoginSuccess { user { sessions { id } } }';
  const login = `login(input: { email: "${grace.email}", password: "${grace.password}" }) { ${list} }`;
  const server = new ApolloServer<GraphQLContext>({ ...app.auth.apolloOptions, validationRules: [] });
  const { body } = await server.executeOperation(
    { query: `mutation { a: ${login} b: ${login} revokeOtherSessions { __typename } c: ${login} }` },
    { contextValue: app.auth.context({ headers: {} }) },
  );
  await server.stop();
  const opened = (count: number): object => ({
    user: { sessions: Array.from({ length: count }, () => ({ id: expect.any(String) })) },
  });
  expect(body).toMatchObject({ singleResult: { data: { a: opened(2), b: opened(3), c: opened(2) } } });
});
