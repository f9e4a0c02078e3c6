import { randomUUID } from 'node:crypto';
import { ApolloServer, type ApolloServerOptions } from '@apollo/server';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { getIntrospectionQuery, type ValidationRule } from 'graphql';
import type { GraphQLContext } from '../../src/index.js';
import type { SignedIn } from '../support/graphql-client.js';
import { expectSound } from '../support/properties/expect-sound.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ada: SignedIn;
beforeAll(async () => {
  app = await createTestApp();
  ada = await app.register();
});

const many = (count: number, make: (n: string) => string): string =>
  Array.from({ length: count }, (_value, n) => make(String(n))).join(' ');

const SESSION = 'id userAgent ipAddress createdAt lastUsedAt expiresAt current deviceName';
const USER = 'id firstName lastName email emailVerified active createdAt lastLoginAt roles';
const ENTITIES = `query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on User { ${USER} } } }`;
const ERROR = '__typename ... on AuthError { code message }';
const LOGIN = `login(input: { email: "a@example.com", password: "x" }) { ${ERROR} ... on LoginSuccess {
  user { ${USER} } session { ${SESSION} } tokens { accessToken refreshToken } deviceToken } }`;

const usersOf = (ids: readonly string[]): object => ({ r: ids.map((id) => ({ __typename: 'User', id })) });

/** In the subgraph's own server, and in one that only uses its options. */
async function refusals(query: string): Promise<unknown[][]> {
  const own = await app.request(query, {}, { token: ada.accessToken });
  const host = new ApolloServer<GraphQLContext>(app.auth.apolloOptions);
  const { body } = await host.executeOperation({ query }, { contextValue: app.auth.context({ headers: {} }) });
  const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
  return [own.errors, errors].map((found) => found.map(({ extensions }) => extensions?.code));
}

const REFUSED = [['OPERATION_TOO_COMPLEX'], ['OPERATION_TOO_COMPLEX']];

describe('the cost of an operation is the size of its result, whatever its length', () => {
  test.each([
    ['a list under many names', `{ me { ${many(51, (n) => `s${n}: sessions { id }`)} } }`],
    ['many fields of a list', `{ me { sessions { ${many(51, (n) => `a${n}: id`)} } } }`],
    [
      'lists behind fragments',
      `{ ${many(30, (n) => `m${n}: me { ...U }`)} } fragment U on User { a: sessions { ...S } b: sessions { ...S } } fragment S on AuthSession { id }`,
    ],
    [
      'lists of a mutation',
      `mutation { refresh { ... on LoginSuccess { user { ${many(10, (n) => `s${n}: sessions { ${SESSION} }`)} } } } }`,
    ],
    [
      'the schema under many names',
      `{ ${many(3, (n) => `s${n}: __schema { types { ${many(200, (m) => `f${m}: fields { name }`)} } }`)} }`,
    ],
    ['a field with a long value under many names', `{ me { ${many(260, (n) => `p${n}: preferences`)} } }`],
    ['the schema of the subgraph under many names', `{ _service { ${many(260, (n) => `s${n}: sdl`)} } }`],
    ['a root field under many names', `{ ${many(101, (n) => `m${n}: me { id }`)} }`],
  ])('%s: rejected', async (_name, query) => {
    expect(await refusals(query)).toEqual(REFUSED);
  });

  test('a user with every session, in several places, is an ordinary query', async () => {
    const query = `{ a: me { ${USER} sessions { ${SESSION} } } b: me { ...U } c: me { ...U } } fragment U on User { sessions { ${SESSION} } }`;
    expect((await app.request(query, {}, { token: ada.accessToken })).errors).toEqual([]);
  });

  test('fields that several components select cost nothing extra', async () => {
    const query = `{ ${many(10, (n) => `...F${n}`)} } ${many(10, (n) => `fragment F${n} on Query { me { ${USER} sessions { ${SESSION} } } }`)}`;
    expect((await app.request(query, {}, { token: ada.accessToken })).errors).toEqual([]);
  });

  test('introspection is an ordinary query', async () => {
    expect((await app.request(getIntrospectionQuery({ inputValueDeprecation: true }))).errors).toEqual([]);
  });

  test('all operations of a document are counted', async () => {
    const query = many(11, (n) => `query Q${n} { ${many(100, (m) => `a${m}: __typename`)} }`);
    expect(await refusals(query)).toEqual(REFUSED);
  });
});

describe('the selections of _entities', () => {
  test.each<[string, () => string[]]>([
    ['a thousand users', () => Array.from({ length: 1000 }, () => randomUUID())],
    ['one user a thousand times', () => Array.from({ length: 1000 }, () => ada.userId)],
  ])('%s with all their own fields: accepted', async (_name, ids) => {
    const answer = await app.request<{ _entities: unknown[] }>(ENTITIES, usersOf(ids()), { token: ada.accessToken });
    expect(answer.errors).toEqual([]);
    expect(answer.data._entities).toHaveLength(1000);
  });

  test.each([
    ['the sessions of all', `a: _entities(representations: $r) { ... on User { sessions { ${SESSION} } } }`],
    [
      'the same users under many names',
      many(3, (n) => `a${n}: _entities(representations: $r) { ... on User { ${USER} } }`),
    ],
  ])('%s: rejected', async (_name, fields) => {
    const ids = Array.from({ length: 1000 }, () => ada.userId);
    const answer = await app.request(`query ($r: [_Any!]!) { ${fields} }`, usersOf(ids), { token: ada.accessToken });
    expect(answer.errors.map(({ extensions }) => extensions.code)).toContain('OPERATION_TOO_COMPLEX');
    expect(answer.data).toBeNull();
  });
});

describe('a page counts as long as it may be', () => {
  const EVENT = 'id name occurredAt ipAddress';
  /** More than it takes until a document is compiled. */
  const TURNS = 15;
  let own: TestApp;
  let operator: SignedIn;
  beforeAll(async () => {
    own = await createTestApp({ admin: { schema: 'included' } });
    const user = await own.register();
    await own.auth.services.roles.set(user.userId, ['auth:users:read', 'auth:audit:read']);
    own.clock.advance(2);
    operator = await own.login(user);
  });

  const codesFor = async (query: string, variables: object = {}): Promise<unknown[]> => {
    const answer = await own.request(query, variables, { token: operator.accessToken });
    expectSound(answer);
    return answer.errors.map(({ extensions }) => extensions.code);
  };
  /** A page of users with a page of events each. */
  const pages = (list: string, inner: string): string =>
    `adminUsers${list} { nodes { id securityEvents${inner} { nodes { ${EVENT} } } } }`;
  const VARIABLE = `query ($list: Int, $inner: Int) { ${pages('(first: $list)', '(first: $inner)')} }`;

  test.each<[string, string, object]>([
    ['users with their events, by default', `{ ${pages('', '')} }`, {}],
    ['a hundred users with one event', `{ ${pages('(first: 100)', '(first: 1)')} }`, {}],
    ['sizes in variables', VARIABLE, { list: 10, inner: 100 }],
    ['variables that are left out', VARIABLE, {}],
    ['variables that are null', VARIABLE, { list: null, inner: null }],
    [
      'a page with all sessions of five users',
      `{ adminUsers(first: 5) { nodes { sessions { id userAgent ipAddress createdAt lastUsedAt expiresAt deviceName } } } }`,
      {},
    ],
  ])('%s: accepted', async (_name, query, variables) => {
    for (let turn = 0; turn < TURNS; turn += 1) expect(await codesFor(query, variables)).toEqual([]);
  });

  test.each<[string, string, object]>([
    ['a hundred users with a hundred events', `{ ${pages('(first: 100)', '(first: 100)')} }`, {}],
    ['sizes in variables', VARIABLE, { list: 100, inner: 100 }],
    ['the default of a variable', VARIABLE.replaceAll('Int', 'Int = 100'), {}],
    [
      'an inner size in a variable',
      `query ($inner: Int) { ${pages('(first: 100)', '(first: $inner)')} }`,
      { inner: 20 },
    ],
    [
      'several pages, each small enough',
      `query ($first: Int) { ${many(4, (n) => `a${n}: adminUsers(first: $first) { nodes { sessions { id userAgent ipAddress createdAt } } }`)} }`,
      { first: 40 },
    ],
    ['negative sizes', `{ ${pages('(first: -1000)', '(first: -1000)')} }`, {}],
    [
      'a page below an entity',
      `query ($first: Int) { _entities(representations: [${many(40, () => `{ __typename: "User", id: "x" }`)}]) {
      ... on User { securityEvents(first: $first) { nodes { ${EVENT} } } } } }`,
      { first: 100 },
    ],
  ])('%s: rejected', async (_name, query, variables) => {
    for (let turn = 0; turn < TURNS; turn += 1)
      expect(await codesFor(query, variables)).toContain('OPERATION_TOO_COMPLEX');
  });
});

describe('mutations are counted as they are executed', () => {
  const logouts = (from: number, to: number): string =>
    many(to - from, (n) => `l${String(from + Number(n))}: logout { __typename }`);

  test.each([
    ['one login with all its fields behind a fragment', `mutation { ...L } fragment L on Mutation { ${LOGIN} }`],
    ['ten', `mutation { ${logouts(0, 10)} }`],
    [
      'ten behind nested and inline fragments',
      `mutation { ...A ... on Mutation { ${logouts(0, 3)} ... { ${logouts(3, 5)} } } }
       fragment A on Mutation { ...B ${logouts(5, 7)} } fragment B on Mutation { ${logouts(7, 10)} }`,
    ],
    ['one fragment twice', `mutation { ...A ...A } fragment A on Mutation { ${logouts(0, 10)} }`],
  ])('%s: accepted', async (_name, query) => {
    const answer = await app.request(query);
    expect(answer.errors.map(({ extensions }) => extensions.code)).not.toContain('OPERATION_TOO_COMPLEX');
    expect(answer.status).toBe(200);
  });

  test.each([
    ['eleven with different aliases', `mutation { ${logouts(0, 11)} }`],
    [
      'eleven behind nested and inline fragments',
      `mutation { ...A ... on Mutation { ${logouts(0, 4)} ... { ${logouts(4, 6)} } } }
       fragment A on Mutation { ...B ${logouts(6, 8)} } fragment B on Mutation { ${logouts(8, 11)} }`,
    ],
  ])('%s: rejected', async (_name, query) => {
    expect(await refusals(query)).toEqual(REFUSED);
  });
});

describe('an oversized document is measured but not validated', () => {
  const chain = (spreads: string): string =>
    `{ me { ...F100 } } fragment F0 on User { id } ${many(100, (n) => `fragment F${String(Number(n) + 1)} on User { ${spreads.replaceAll('F', `F${n}`)} }`)}`;

  const DOCUMENTS: [string, string][] = [
    ['one field again and again', `{ ${'me{id}'.repeat(1200)} }`],
    ['few selections that all have to be compared', `{ ${'me{id}'.repeat(100)} }`],
    [
      'fragments that have to be compared',
      `{ me { ${many(100, (n) => `...F${n}`)} } } ${many(100, (n) => `fragment F${n} on User { a${n}: id }`)}`,
    ],
    ['fragments in a long chain', chain('...F')],
    ['fragments that double each other', chain('...F ...F')],
    ['fragments that double each other a level deeper', chain('a: sessions { id } ...F b: sessions { id } ...F')],
    ['fragments that nothing uses', `{ __typename } ${many(350, (n) => `fragment F${n} on User { a b c }`)}`],
    [
      'fields of a fragment that another one hides',
      `{ ...F } fragment F on Query { ${'me{id}'.repeat(100)} } fragment F on Query { __typename }`,
    ],
    ['fields of a fragment that nothing uses', `{ __typename } fragment F on Query { ${'me{id}'.repeat(100)} }`],
    ['fragments that refer to themselves', `{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }`],
    ['fields that lead back to themselves', `{ me { ...A } } fragment A on User { sessions { ...A } }`],
  ];

  test.each(DOCUMENTS)('%s', async (_name, query) => {
    let visited = 0;
    const probe: ValidationRule = () => ({ Field: () => void (visited += 1) });
    const options: ApolloServerOptions<GraphQLContext> = app.auth.apolloOptions;
    const server = new ApolloServer<GraphQLContext>({
      ...options,
      validationRules: [...(options.validationRules ?? []), probe],
    });
    const contextValue = app.auth.context({ headers: {} });
    await server.executeOperation({ query: '{ me { id } }' }, { contextValue });
    expect(visited).toBe(2);
    const { body } = await server.executeOperation({ query }, { contextValue });
    expect(body).toMatchObject({ singleResult: { errors: [{ extensions: { code: 'OPERATION_TOO_COMPLEX' } }] } });
    expect(visited).toBe(2);
    expect(await refusals(query)).toEqual(REFUSED);
  });
});

test('a server caches a limited number of documents, and never those it rejects', async () => {
  let parsed = 0;
  const server = new ApolloServer<GraphQLContext>({
    ...app.auth.apolloOptions,
    plugins: [
      ...app.auth.apolloOptions.plugins,
      { requestDidStart: () => Promise.resolve({ parsingDidStart: () => Promise.resolve(void (parsed += 1)) }) },
    ],
  });
  const parsedFor = async (...queries: string[]): Promise<number> => {
    parsed = 0;
    for (const query of queries)
      await server.executeOperation({ query }, { contextValue: app.auth.context({ headers: {} }) });
    return parsed;
  };
  const refused = `{ ${'me{id}'.repeat(1200)} }`;
  expect(await parsedFor('{ __typename }', '{ __typename }')).toBe(1);
  expect(await parsedFor(refused, refused)).toBe(2);
  await parsedFor(...Array.from({ length: 30 }, (_value, n) => `{ a: __typename #${'x'.repeat(10_000)}${n}\n }`));
  expect(await parsedFor('{ __typename }')).toBe(1);
});
