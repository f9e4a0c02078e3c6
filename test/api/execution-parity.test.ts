import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { createServer } from '../../src/cli/service/server.js';
import type { GraphQLContext } from '../../src/index.js';
import { DEFAULT_PASSWORD, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

/** The service interprets a document at first and compiles it later. Apollo Server alone is what both must agree with. */
const WAYS = ['interpreted', 'compiled', 'Apollo Server'] as const;

let app: TestApp;
let ada: SignedIn;
let servers: Record<(typeof WAYS)[number], FastifyInstance>;
beforeAll(async () => {
  app = await createTestApp();
  const { auth } = app;
  ada = await app.register();
  const apollo = new ApolloServer<GraphQLContext>({ ...auth.apolloOptions, persistedQueries: false });
  await apollo.start();
  const alone = Fastify();
  await alone.register(fastifyApollo(apollo), {
    context: ({ headers, ip }) => Promise.resolve(auth.context({ headers, ip })),
  });
  servers = {
    interpreted: await createServer(auth, { trustedHops: 0, compileAfterUses: Number.POSITIVE_INFINITY }),
    compiled: await createServer(auth, { trustedHops: 0, compileAfterUses: 0 }),
    'Apollo Server': alone,
  };
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.close();
});

interface Request {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the request carries an access token. */
  readonly signedIn?: boolean;
}

const UNKNOWN_ID = '00000000-0000-7000-8000-000000000000';
const LOGIN =
  'mutation ($input: LoginInput!) { login(input: $input) { __typename ... on InvalidInputError { field } } }';
const REFRESH = `mutation ($input: RefreshInput!) {
  refresh(input: $input) { __typename ... on InvalidTokenError { code message } }
}`;
const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on User { id email } } }';
const GRAPHQL = { accept: 'application/graphql-response+json' };
const login = (input: unknown): Request => ({ body: { query: LOGIN, variables: { input } } });

const PROFILE =
  '{ __typename ... on ProfileUpdated { user { firstName lastName } } ... on InvalidInputError { field } }';
/** Documents by where their variables are. */
const NULLABLE_VARIABLES = {
  'in an input': `mutation ($f: String, $l: String) { updateProfile(input: { firstName: $f, lastName: $l }) ${PROFILE} }`,
  'in an input, with a default': `mutation ($f: String = "Eve") { updateProfile(input: { firstName: $f }) ${PROFILE} }`,
  'for an object in an input': `mutation ($p: JSONObject) { updateProfile(input: { preferences: $p }) ${PROFILE} }`,
  'in an input of a fragment': `fragment F on Mutation { updateProfile(input: { lastName: $l }) ${PROFILE} }
    mutation ($l: String) { ...F }`,
  'for a required field of an input':
    'mutation ($t: String = "x") { refresh(input: { refreshToken: $t }) { __typename ... on InvalidTokenError { code } } }',
  'for a required argument': `mutation ($i: RefreshInput = { refreshToken: "x" }) {
    refresh(input: $i) { __typename ... on InvalidTokenError { code } } }`,
  'for an optional argument': 'query ($n: Int) { me { securityEvents(first: $n) { nodes { name } } } }',
  'in a list': 'query ($t: _Any) { _entities(representations: [$t]) { __typename } }',
  'of a directive': 'query ($b: Boolean = true) { me { id @skip(if: $b) __typename } }',
} as const;

const REQUESTS: Record<string, Request> = {
  'a field of everyone': { body: { query: '{ __typename }' } },
  'a field without a user': { body: { query: '{ me { id } }' } },
  'a field with its user': { body: { query: '{ me { id email createdAt roles } }' }, signedIn: true },
  'aliases and fragments': {
    body: { query: '{ a: me { ...f } b: me { ...f id } } fragment f on User { email active }' },
    signedIn: true,
  },
  'skipped and included fields': {
    body: {
      query:
        'query ($y: Boolean!, $n: Boolean!) { me { id @include(if: $n) email @skip(if: $n) active @include(if: $y) } }',
      variables: { y: true, n: false },
    },
    signedIn: true,
  },
  'a list of objects': { body: { query: '{ me { sessions { id current deviceName } } }' }, signedIn: true },
  'an invalid token': { body: { query: '{ me { id } }' }, headers: { authorization: 'Bearer nonsense' } },
  'a named operation': { body: { query: 'query A { __typename } query B { me { id } }', operationName: 'A' } },
  'an unknown operation name': { body: { query: 'query A { __typename }', operationName: 'C' } },
  'several operations and no name': { body: { query: 'query A { __typename } query B { __typename }' } },
  'an error as data': { body: { query: REFRESH, variables: { input: { refreshToken: 'nonsense' } } } },
  'another error as data': login({ email: 'ada', password: DEFAULT_PASSWORD }),
  'a number for a password': login({ email: 'ada@example.com', password: 7 }),
  'an object for a password': login({ email: 'ada@example.com', password: { $ne: '' } }),
  'null for a password': login({ email: 'ada@example.com', password: null }),
  'no password': login({ email: 'ada@example.com' }),
  'an unknown input field': login({ email: 'ada@example.com', password: 'x', admin: true }),
  'a string for an input': login('ada'),
  'no variables': { body: { query: LOGIN } },
  'null for variables': { body: { query: LOGIN, variables: null } },
  representations: { body: { query: ENTITIES, variables: { r: [{ __typename: 'User', id: 'nonsense' }] } } },
  'a variable in a representation': {
    body: {
      query: 'query ($id: String!) { _entities(representations: [{ __typename: "User", id: $id }]) { __typename } }',
      variables: { id: UNKNOWN_ID },
    },
  },
  'a variable for the type of a representation': {
    body: {
      query: 'query ($t: String!) { _entities(representations: [{ __typename: $t, id: "x" }]) { __typename } }',
      variables: { t: 'User' },
    },
  },
  'a variable for a representation in a list': {
    body: {
      query: 'query ($r: _Any!) { _entities(representations: [$r]) { __typename } }',
      variables: { r: { __typename: 'User', id: 'x' } },
    },
  },
  'a variable in an input': {
    body: {
      query: 'mutation ($t: String!) { refresh(input: { refreshToken: $t }) { __typename } }',
      variables: { t: 'nonsense' },
    },
  },
  'variables with defaults': {
    body: {
      query: 'mutation ($t: String = "nonsense") { refresh(input: { refreshToken: $t }) { __typename } }',
    },
  },
  ...Object.fromEntries(
    Object.entries({
      'is given': { f: 'Ada', l: 'L', p: { theme: 'dark' }, n: 2, b: true, i: { refreshToken: 'x' }, t: 'x' },
      'is absent': {},
      'is null': { f: null, l: null, p: null, n: null, b: null, i: null, t: null },
    }).flatMap(([state, variables]) =>
      Object.entries(NULLABLE_VARIABLES).map(([place, query]) => [
        `a nullable variable ${place} that ${state}`,
        { body: { query, variables }, signedIn: true },
      ]),
    ),
  ),
  ...Object.fromEntries(
    Object.entries({
      'on one of two uses': '{ a: me { ...F @include(if: $no) } b: me { ...F @include(if: $yes) } }',
      'around one of two uses':
        '{ a: me { ... @include(if: $no) { ...F } } b: me { ... @include(if: $yes) { ...F } } }',
      'on one of two uses in one place': '{ me { ...F @include(if: $no) ...F @include(if: $yes) } }',
      'on a use beside its field': '{ me { ...F @skip(if: $yes) ...F @skip(if: $no) email } }',
    }).map(([place, selection]) => [
      `a condition ${place} of a fragment`,
      {
        body: {
          query: `query ($no: Boolean!, $yes: Boolean!) ${selection} fragment F on User { id email }`,
          variables: { no: false, yes: true },
        },
        signedIn: true,
      },
    ]),
  ),
  ...Object.fromEntries(
    ['constructor', 'toString', '__proto__'].flatMap((name) =>
      [undefined, {}, { other: [] }].map((variables, n) => [
        `a variable named ${name} (${String(n + 1)})`,
        {
          body: {
            query: `query ($${name}: [_Any!]!) { _entities(representations: $${name}) { __typename } }`,
            variables,
          },
        },
      ]),
    ),
  ),
  ...Object.fromEntries(
    [[], [[]], [{}], 'x', 1, true, null].map((input) => [
      `${JSON.stringify(input)} for an input object`,
      {
        body: {
          query: 'mutation ($i: UpdateProfileInput!) { updateProfile(input: $i) { __typename } }',
          variables: { i: input },
        },
        signedIn: true,
      },
    ]),
  ),
  'response names that join to the same path': {
    body: {
      query: `mutation ($x: String!) {
        user_ProfileUpdated_a: refresh(input: { refreshToken: $x }) { __typename ... on InvalidTokenError { code } }
        a: updateProfile(input: {}) { ... on ProfileUpdated { user { sessions { current } } } } }`,
      variables: { x: 'nonsense' },
    },
    signedIn: true,
  },
  'response names that hide the number of entities': {
    body: {
      query: `query ($r: [_Any!]!) {
        x_y: _entities(representations: $r) { ... on User { a: id b: id c: id d: id e: id f: id } }
        y: me { x: securityEvents { pageInfo { hasNextPage } } } }`,
      variables: { r: Array.from({ length: 1_000 }, () => ({ __typename: 'User', id: UNKNOWN_ID })) },
    },
    signedIn: true,
  },
  'aliases of a query planner': {
    body: { query: '{ me { id__alias_0: id id__alias_1: email } }' },
    signedIn: true,
  },
  'an object of numbers as the default of a variable': {
    body: {
      query: `mutation ($i: UpdateProfileInput = { preferences: { __proto__: { a: 1 }, b: 1.0e400 } }) {
        updateProfile(input: $i) { __typename ... on InvalidInputError { field } } }`,
    },
    signedIn: true,
  },
  'a key __proto__ in the literal of an object': {
    body: { query: 'mutation { updateProfile(input: { preferences: { __proto__: "x" } }) { __typename } }' },
    signedIn: true,
  },
  'a word in the literal of an object': {
    body: {
      query: 'mutation { updateProfile(input: { preferences: { theme: DARK, size: 1.5, on: true } }) { __typename } }',
    },
    signedIn: true,
  },
  'many fields in few characters': {
    body: {
      query: `{ ${Array.from({ length: 9 }, (_, n) => `a${String(n)}: me { ...f }`).join(' ')} }
        fragment f on User { ${Array.from({ length: 30 }, (_, n) => `f${String(n)}: id`).join(' ')} }`,
    },
    signedIn: true,
  },
  'a representation of another type': { body: { query: ENTITIES, variables: { r: [{ __typename: 'Post' }] } } },
  'no representations': { body: { query: ENTITIES, variables: { r: [] } } },
  'private fields': { body: { query: '{ me { id email } }' } },
  'an unknown field': { body: { query: '{ nobody }' } },
  'half a document': { body: { query: '{ me {' } },
  'an empty document': { body: { query: '' } },
  'a document of white space': { body: { query: ' \n' } },
  'a document of comments': { body: { query: '# nothing' } },
  'no document': { body: {} },
  'null for a document': { body: { query: null } },
  'a number for a document': { body: { query: 5 } },
  'text for variables': { body: { query: '{ __typename }', variables: '{}' } },
  'a list for variables': { body: { query: '{ __typename }', variables: [] } },
  'text for extensions': { body: { query: '{ __typename }', extensions: 'x' } },
  'extensions of a client': { body: { query: '{ __typename }', extensions: { clientLibrary: { name: 'x' } } } },
  'a persisted document': {
    body: { query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } },
  },
  'a number for an operation name': { body: { query: '{ __typename }', operationName: 5 } },
  'null for an operation name': { body: { query: '{ __typename }', operationName: null } },
  'an unknown field of the body': { body: { query: '{ __typename }', more: 1 } },
  'a batch': { body: [{ query: '{ __typename }' }] },
  'a text': { body: 'text' },
  null: { body: null },
  'an operation that is too complex': {
    body: { query: `{ me { ${Array.from({ length: 200 }, (_, n) => `a${String(n)}: sessions { id }`).join(' ')} } }` },
    signedIn: true,
  },
  'a media type for GraphQL': {
    body: { query: '{ __typename }' },
    headers: { accept: 'application/graphql-response+json, application/json;q=0.9' },
  },
  'a media type for GraphQL, and an unknown field': { body: { query: '{ nobody }' }, headers: GRAPHQL },
  'a media type for GraphQL, and half a document': { body: { query: '{ me {' }, headers: GRAPHQL },
  'a media type for GraphQL, and a wrong variable': { ...login({ email: 7 }), headers: GRAPHQL },
  'a media type for GraphQL, and an unknown operation': {
    body: { query: 'query A { __typename }', operationName: 'C' },
    headers: GRAPHQL,
  },
  'a media type for GraphQL, and no document': { body: {}, headers: GRAPHQL },
  'any media type': { body: { query: '{ __typename }' }, headers: { accept: '*/*' } },
  'another media type': { body: { query: '{ __typename }' }, headers: { accept: 'image/png' } },
  'a charset': { body: { query: '{ __typename }' }, headers: { 'content-type': 'application/json; charset=utf-8' } },
  'text that may come from another site': {
    body: { query: '{ __typename }' },
    headers: { 'content-type': 'text/plain' },
  },
};

async function send(server: FastifyInstance, { body, headers = {}, signedIn = false }: Request): Promise<object> {
  const response = await server.inject({
    method: 'POST',
    url: '/graphql',
    headers: {
      'content-type': 'application/json',
      ...(signedIn && { authorization: `Bearer ${ada.accessToken}` }),
      ...headers,
    },
    payload: JSON.stringify(body),
  });
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    text: response.body.replace(/"errorId":"[^"]+"/, '"errorId":"…"'),
  };
}

test.each(Object.entries(REQUESTS))('%s has the same response however it is executed', async (_name, request) => {
  const expected = await send(servers['Apollo Server'], request);
  for (const way of WAYS) {
    // Once more, so that the document comes from the cache.
    expect({ way, ...(await send(servers[way], request)) }).toEqual({ way, ...expected });
    expect({ way, ...(await send(servers[way], request)) }).toEqual({ way, ...expected });
  }
});

/** The marks that graphql-jit puts into the source of a function, and then replaces with code. */
const MARKERS = {
  date: '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d',
  nan: '__MAGIC_NAN__57f286b9_4c20_487f_b409_79804ddcb4f8',
  infinity: '__MAGIC_PLUS_INFINITY__bb201c39_3333_4695_b4ad_7f1722e7aa7a',
  minusInfinity: '__MAGIC_MINUS_INFINITY__71d4310a_d4a3_4a05_b1fe_e60779d24998',
};
const EXECUTED = 'executedFromADocument';

test.each(
  Object.values(MARKERS).flatMap((marker) => {
    const text = marker === MARKERS.date ? `${marker}globalThis.${EXECUTED}=1` : marker;
    return [
      [`the string "${text}"`, `mutation { refresh(input: { refreshToken: "${text}" }) { __typename } }`],
      [`the block string "${text}"`, `mutation { refresh(input: { refreshToken: """${text}""" }) { __typename } }`],
      [
        `the string "${text}" in an object`,
        `mutation { updateProfile(input: { preferences: { a: ["${text}"] } }) { __typename } }`,
      ],
      [
        `the string "${text}" in a list`,
        `{ _entities(representations: [{ __typename: "User", id: "${text}" }]) { __typename } }`,
      ],
      [
        `the default "${text}"`,
        `mutation ($t: String! = "${text}") { refresh(input: { refreshToken: $t }) { __typename } }`,
      ],
      [
        `the default "${text}" of an input`,
        `mutation ($i: RefreshInput = { refreshToken: "${text}" }) { refresh(input: $i) { __typename } }`,
      ],
    ] as const;
  }),
)('%s is not executed', async (_name, query) => {
  Reflect.deleteProperty(globalThis, EXECUTED);
  const request = { body: { query }, signedIn: true };
  const expected = await send(servers['Apollo Server'], request);
  for (let time = 0; time < 3; time += 1) expect(await send(servers.compiled, request)).toEqual(expected);
  expect(globalThis).not.toHaveProperty(EXECUTED);
});

const NAMED = 'query A($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
const named = (rest: object, headers = {}): Request => ({
  body: { query: NAMED, variables: { r: [] }, ...rest },
  headers,
});

test.each<[string, Request]>([
  ['no operation name', named({})],
  ['its operation name', named({ operationName: 'A' })],
  ['another operation name', named({ operationName: 'B' })],
  ['an empty operation name', named({ operationName: '' })],
  ['the hash of another document', named({ extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } })],
  ['extensions of a client', named({ extensions: { clientLibrary: { name: 'x' } } })],
  ['a wrong variable', named({ variables: { r: [null] } })],
  ['many wrong values', named({ variables: { r: Array(4_000).fill(null) } })],
  [
    'a long value beside many wrong ones',
    named({ variables: { r: ['x'.repeat(1_000_000), ...Array<null>(4_900).fill(null)] } }),
  ],
  ['no variables', named({ variables: undefined })],
  ['too many values in variables', named({ variables: { r: [], more: Array(6_000).fill(0) } })],
  ['a media type for GraphQL', named({}, GRAPHQL)],
  ['a media type for GraphQL, and a wrong variable', named({ variables: { r: [null] } }, GRAPHQL)],
  ['an invalid token', named({}, { authorization: 'Bearer nonsense' })],
])('a document that is compiled has the same response with %s', async (_name, request) => {
  expect(await send(servers.compiled, named({}))).toMatchObject({ text: '{"data":{"_entities":[]}}\n' });
  const expected = await send(servers['Apollo Server'], request);
  expect(await send(servers.compiled, request)).toEqual(expected);
  expect(await send(servers.interpreted, request)).toEqual(expected);
});

test('a response from a compiled document has the same headers', async () => {
  const headersOf = async (server: FastifyInstance): Promise<object> => {
    const { headers } = await server.inject({ method: 'POST', url: '/graphql', payload: named({}).body as object });
    return { ...headers, date: undefined };
  };
  const expected = await headersOf(servers.interpreted);
  expect(expected).toMatchObject({ 'cache-control': 'no-store' });
  await headersOf(servers.compiled);
  expect(await headersOf(servers.compiled)).toEqual(expected);
});

test('an unexpected error is masked however the request is executed', async () => {
  const broken = await app.register();
  await app.database.sql('alter table auth_user rename column first_name to given_name');
  for (const way of WAYS) {
    const response = await servers[way].inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${broken.accessToken}` },
      payload: JSON.stringify({ query: '{ me { id } }' }),
    });
    const { errors, data } = response.json<{ errors: { message: string; extensions: object }[]; data: unknown }>();
    expect(data).toEqual({ me: null });
    expect(errors).toEqual([
      {
        message: 'Internal server error',
        locations: [{ line: 1, column: 3 }],
        path: ['me'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) },
      },
    ]);
  }
  await app.database.sql('alter table auth_user rename column given_name to first_name');
});

test('more documents than are kept compiled are all answered', async () => {
  const { compiled } = servers;
  for (let round = 0; round < 2; round += 1)
    for (let n = 0; n < 60; n += 1) {
      const query = `{ n${String(n)}: __typename } # ${'x'.repeat(2_000)}`;
      const { text } = (await send(compiled, { body: { query } })) as { text: string };
      expect(JSON.parse(text)).toEqual({ data: { [`n${String(n)}`]: 'Query' } });
    }
});
