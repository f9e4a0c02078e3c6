import { ApolloServer } from '@apollo/server';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphQLContext } from '../../src/index.js';
import { DEFAULT_PASSWORD, newEmail, type Answer, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';

const SECRET = 'what the router of the tests sends along';
const NEXT_SECRET = 'what it sends once the secret is changed';
const FROM_ROUTER = { 'x-router-secret': SECRET };
const FIRST_HOP = { 'x-forwarded-for': '6.6.6.6, 192.0.2.1' };

let app: TestApp;
let ada: SignedIn;
beforeAll(async () => {
  app = await createTestApp({ router: { secret: `${SECRET}, ${NEXT_SECRET}` }, trustedHops: 1 });
  ada = await app.register({ firstName: 'Ada' });
});

const SDL = '{ _service { sdl } }';
const ENTITIES = 'query ($ids: [_Any!]!) { _entities(representations: $ids) { ... on User { firstName } } }';

async function entities(headers: Record<string, string>): Promise<Answer> {
  return app.request(ENTITIES, { ids: [{ __typename: 'User', id: ada.userId }] }, { headers });
}

function expectRefused(answer: Answer, field: string): void {
  expect(answer.data).toBeNull();
  expect(answer.errors).toHaveLength(1);
  expect(answer.errors[0]).toMatchObject({
    message: `Only the gateway may request ${field}. It must send its secret in the header x-router-secret.`,
    extensions: { code: 'FORBIDDEN', reason: 'NOT_FROM_ROUTER' },
  });
  expect(answer.text).not.toContain(SECRET);
}

describe('requests for the gateway only', () => {
  test.each([SECRET, NEXT_SECRET])('are answered with either secret', async (secret) => {
    const headers = { 'x-router-secret': secret };
    const { sdl } = (await app.request<{ _service: { sdl: string } }>(SDL, {}, { headers })).data._service;
    expect(sdl).toContain('type User');
    expect((await entities(headers)).data).toEqual({ _entities: [{ firstName: 'Ada' }] });
  });

  test.each<[string, Record<string, string>]>([
    ['is missing', {}],
    ['is empty', { 'x-router-secret': '' }],
    ['is another', { 'x-router-secret': SECRET.toUpperCase() }],
    ['is a part of it', { 'x-router-secret': SECRET.slice(0, -1) }],
    ['is sent twice', { 'x-router-secret': `${SECRET}, ${SECRET}` }],
    ['is the whole setting', { 'x-router-secret': `${SECRET}, ${NEXT_SECRET}` }],
    ['is in another header', { authorization: `Bearer ${SECRET}` }],
  ])('are rejected if the secret %s', async (_name, headers) => {
    expectRefused(await app.request(SDL, {}, { headers }), '_service');
    expectRefused(await entities(headers), '_entities');
  });

  test.each([
    'query { a: _service { sdl } }',
    'query { __typename a: _service { b: sdl } }',
    'query { ... on Query { _service { sdl } } }',
    'query { ...F } fragment F on Query { a: _service { sdl } }',
    'query ($yes: Boolean = true) { _service @include(if: $yes) { sdl } }',
  ])('are rejected in every form: %s', async (query) => {
    expectRefused(await app.request(query), '_service');
  });

  test('are rejected over GET too', async () => {
    const url = `/graphql?query=${encodeURIComponent(SDL)}`;
    const response = await app.server.inject({ url, headers: { 'apollo-require-preflight': '1' } });
    expect(response.json()).toMatchObject({ data: null, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });

  test('are rejected before a representation is read', async () => {
    expectRefused(await app.request(ENTITIES, { ids: [{ __typename: 'Post' }] }), '_entities');
  });

  test('are protected in your own server too', async () => {
    const server = new ApolloServer<GraphQLContext>(app.auth.apolloOptions);
    const ask = async (headers: Record<string, string>): Promise<unknown> => {
      const { body } = await server.executeOperation(
        { query: SDL },
        { contextValue: app.auth.context({ headers, ip: '192.0.2.1' }) },
      );
      return body.kind === 'single' ? body.singleResult : undefined;
    };
    expect(await ask({})).toMatchObject({ data: null, errors: [{ extensions: { reason: 'NOT_FROM_ROUTER' } }] });
    expect(await ask(FROM_ROUTER)).toMatchObject({ data: { _service: { sdl: expect.stringContaining('type User') } } });
    await server.stop();
  });

  test.each([
    ['of Node.js', FROM_ROUTER],
    ['of the Fetch API', new Headers(FROM_ROUTER)],
    ['with capital letters', { 'X-Router-Secret': SECRET }],
    ['with lists of values', { 'x-router-secret': [SECRET] }],
    ['as pairs', Object.entries(FROM_ROUTER)],
  ])('are recognized by headers %s', (_name, headers) => {
    expect(app.auth.isFromRouter(headers)).toBe(true);
    expect(app.auth.context({ headers })).toMatchObject({ fromRouter: true });
  });

  test.each([[{}], [new Headers({ 'x-router-secret': 'a guess' })], [null], [undefined], [5]])(
    'are recognized by nothing else: %j',
    (headers) => {
      expect(app.auth.isFromRouter(headers as never)).toBe(false);
    },
  );
});

test('other requests are answered without the secret', async () => {
  const grace = await app.register();
  expect((await app.me(grace.accessToken)).errors).toEqual([]);
  expect((await app.refresh(grace.refreshToken)).__typename).toBe('LoginSuccess');
  expect((await app.request('{ __schema { queryType { name } } }')).errors).toEqual([]);
});

describe('X-Forwarded-For', () => {
  async function addressAfter(on: TestApp, headers: Record<string, string>): Promise<unknown> {
    const input = { email: newEmail(), password: DEFAULT_PASSWORD };
    const { tokens } = await on.mutate('register', input, { headers });
    const answer = await on.request<{ me: { sessions: { ipAddress: string }[] } }>(
      '{ me { sessions { ipAddress } } }',
      {},
      { token: tokens?.accessToken },
    );
    return answer.data.me.sessions[0]?.ipAddress;
  }
  const withSecret = (options: TestOptions): Promise<TestApp> =>
    createTestApp({ router: { secret: SECRET }, ...options });

  test('is trusted only from the gateway', async () => {
    expect(await addressAfter(app, { ...FROM_ROUTER, ...FIRST_HOP })).toBe('192.0.2.1');
    expect(await addressAfter(app, FIRST_HOP)).toBe('127.0.0.1');
    expect(await addressAfter(app, { 'x-router-secret': 'a guess', ...FIRST_HOP })).toBe('127.0.0.1');
  });

  test('is counted from the right, up to the number of trusted hops', async () => {
    const two = await withSecret({ trustedHops: 2 });
    const headers = { 'x-forwarded-for': '6.6.6.6, 192.0.2.9, 198.51.100.4' };
    expect(await addressAfter(two, { ...FROM_ROUTER, ...headers })).toBe('192.0.2.9');
    expect(await addressAfter(two, headers)).toBe('127.0.0.1');
  });

  test('is not trusted even from the gateway if no hop is trusted', async () => {
    const none = await withSecret({ trustedHops: 0 });
    expect(await addressAfter(none, { ...FROM_ROUTER, ...FIRST_HOP })).toBe('127.0.0.1');
  });

  test('cannot be used to bypass the limit of a client address', async () => {
    const limited = await withSecret({ trustedHops: 1, lockout: { maxAttemptsPerClient: 2 } });
    const outcomes = [];
    for (let n = 1; n <= 3; n += 1) {
      const headers = { 'x-forwarded-for': `192.0.2.${String(n)}` };
      outcomes.push(await limited.mutate('login', { email: newEmail(), password: 'wrong' }, { headers }));
    }
    expect(outcomes.at(-1)?.__typename).toBe('TooManyRequestsError');
  });
});

describe('forwarded claims', () => {
  const forged = (): { headers: Record<string, string>; claims: object } => {
    const claims = { sub: ada.userId, sid: ada.sessionId, scope: 'admin' };
    const json = JSON.stringify(claims);
    return {
      claims,
      headers: {
        'x-user-id': ada.userId,
        'x-user-sub': ada.userId,
        'x-jwt-claims': json,
        'x-forwarded-user': ada.userId,
        'x-apollo-claims': Buffer.from(json).toString('base64'),
      },
    };
  };

  test.each([
    ['a stranger', {}],
    ['the router', FROM_ROUTER],
  ])('sign nobody in, not even those of %s', async (_name, sender) => {
    const { headers, claims } = forged();
    const extensions = { jwt: claims, claims, user: { id: ada.userId } };
    const body = JSON.stringify({ query: '{ me { id } }', extensions });
    const answer = await app.post(body, { headers: { ...headers, ...sender } });
    expect(answer.data).toEqual({ me: null });
    expect(answer.errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    const entity = {
      query: ENTITIES.replace('firstName', 'email'),
      variables: { ids: [{ __typename: 'User', id: ada.userId }] },
    };
    const forwarded = await app.post(JSON.stringify({ ...entity, extensions }), {
      headers: { ...headers, ...FROM_ROUTER },
    });
    expect(forwarded.data).toEqual({ _entities: [{ email: null }] });
  });

  test('do not change the user of the token', async () => {
    const grace = await app.register();
    const { headers, claims } = forged();
    const body = JSON.stringify({ query: '{ me { id } }', extensions: { jwt: claims } });
    const answer = await app.post(body, { token: grace.accessToken, headers: { ...headers, ...FROM_ROUTER } });
    expect(answer.data).toEqual({ me: { id: grace.userId } });
  });
});

test('without a configured secret all requests are answered, and no header is needed', async () => {
  const open = await createTestApp();
  expect((await open.request(SDL)).errors).toEqual([]);
  expect((await open.request(SDL, {}, { headers: FROM_ROUTER })).errors).toEqual([]);
});
