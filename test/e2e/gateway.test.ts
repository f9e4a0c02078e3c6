import { createSecretKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startPostsSubgraph, type PostsSubgraph } from '../../examples/supergraph/posts-subgraph.js';
import type { GatewayTarget } from '../../src/cli/gateway-config/gateway-target.js';
import { atOnce } from '../support/shared-database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { expiredCopy } from '../support/expired-token.js';
import { startApolloGateway } from '../support/gateways/apollo-gateway.js';
import type { Gateway, Supergraph } from '../support/gateways/gateway-process.js';
import { findGrafbase, startGrafbaseGateway } from '../support/gateways/grafbase-gateway.js';
import { startHiveGateway } from '../support/gateways/hive-gateway.js';
import { newEmail } from '../support/graphql-client.js';
import { recordHeaders, type HeaderRecorder } from '../support/header-recorder.js';
import { postAndLeave } from '../support/abandoned-request.js';
import { INVALID_CREDENTIALS, INVALID_TOKEN } from '../support/outcomes.js';
import { startService, type ServiceProcess } from '../support/service-process.js';
import { TEST_SECRET } from '../support/test-secret.js';
import { until } from '../support/until.js';

interface Subject {
  readonly name: string;
  readonly start: (supergraph: Supergraph) => Promise<Gateway>;
  /** Why it cannot be tried here; undefined when it can. */
  readonly missing?: string | undefined;
  /** Whether it passes Set-Cookie on to the client. */
  readonly setsCookies: boolean;
  /** Whether it adds the address of its own client to X-Forwarded-For. */
  readonly addsToForwardedFor: boolean;
  /** Whether it forwards the header Origin. */
  readonly forwardsOrigin: boolean;
}

const SUBJECTS: readonly Subject[] = [
  {
    name: 'Apollo Gateway',
    start: startApolloGateway,
    setsCookies: true,
    addsToForwardedFor: true,
    forwardsOrigin: true,
  },
  { name: 'Hive Gateway', start: startHiveGateway, setsCookies: true, addsToForwardedFor: true, forwardsOrigin: true },
  {
    name: 'Grafbase Gateway',
    start: startGrafbaseGateway,
    missing: findGrafbase() === undefined ? 'npm installs its program on Linux with an x64 processor only' : undefined,
    // It has rules for the headers of requests, and none for those of answers.
    setsCookies: false,
    addsToForwardedFor: false,
    // It drops the header even where a rule names it.
    forwardsOrigin: false,
  },
];

const ROUTER_SECRET = 'a secret of the router that is long enough';

let database: TestDatabase;
let service: ServiceProcess;
let posts: PostsSubgraph;
let postsHeaders: HeaderRecorder;
let authHeaders: HeaderRecorder;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({
    DATABASE_URL: database.url,
    LOCKOUT_DEVICE_COOKIES: 'true',
    TRUSTED_HOPS: '1',
    ROUTER_SECRET,
  });
  posts = await startPostsSubgraph({ secret: TEST_SECRET });
  postsHeaders = await recordHeaders(posts.url);
  authHeaders = await recordHeaders(service.url);
});

afterAll(async () => {
  await postsHeaders.stop();
  await authHeaders.stop();
  await posts.stop();
  await service.stop();
  await database.drop();
});

const ENTRY = `{ me { id email posts { title } } posts { title author { firstName posts { title } } } }`;

for (const { name, start, missing, setsCookies, addsToForwardedFor, forwardsOrigin } of SUBJECTS) {
  // eslint-disable-next-line no-console -- a run must say what it has left out
  if (missing !== undefined) console.log(`${name} is left out: ${missing}.`);

  (missing === undefined ? describe : describe.skip)(`through ${name}`, () => {
    let gateway: Gateway;
    beforeAll(async () => {
      const auth: GatewayTarget = { url: authHeaders.url, tokens: undefined, routerSecret: true, cookies: true };
      gateway = await start({ auth, postsUrl: postsHeaders.url, env: { ROUTER_SECRET } });
    });
    afterAll(() => gateway.stop());

    test('a client registers, signs in, writes and reads across subgraphs, refreshes and logs out', async () => {
      posts.posts.length = 0;
      const ada = await gateway.register({ firstName: 'Ada' });
      const { accessToken: token, refreshToken } = await gateway.login(ada);
      const written = await gateway.request(
        'mutation { createPost(title: "Notes") { title author { email } } }',
        {},
        { token },
      );
      expect(written.data).toEqual({ createPost: { title: 'Notes', author: { email: ada.email } } });
      const answer = await gateway.request(ENTRY, {}, { token });
      expect(answer.errors).toEqual([]);
      expect(answer.data).toEqual({
        me: { id: ada.userId, email: ada.email, posts: [{ title: 'Notes' }] },
        posts: [{ title: 'Notes', author: { firstName: 'Ada', posts: [{ title: 'Notes' }] } }],
      });
      const refreshed = await gateway.refresh(refreshToken);
      expect(refreshed).toMatchObject({ __typename: 'LoginSuccess', user: { email: ada.email } });
      const renewed = refreshed.tokens?.accessToken;
      expect((await gateway.mutate('logout', undefined, { token: renewed })).__typename).toBe('SessionRevoked');
      const after = await gateway.request('{ me { id } posts { title } }', {}, { token: renewed });
      expect(after.data).toEqual({ me: null, posts: [{ title: 'Notes' }] });
      expect(after.errors).toHaveLength(1);
      expect(after.errors[0]?.path).toEqual(['me']);
      expect(after.errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
    });

    test('anonymous callers cannot write', async () => {
      const answer = await gateway.request('mutation { createPost(title: "Spam") { id } }');
      expect(answer.data).toEqual({ createPost: null });
      expect(answer.errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    });

    test('expected failures reach the client as data', async () => {
      const ada = await gateway.register();
      expect(await gateway.mutate('login', { email: ada.email, password: 'wrong' })).toEqual(INVALID_CREDENTIALS);
      expect(await gateway.mutate('register', { email: ada.email, password: ada.password })).toMatchObject({
        __typename: 'EmailAlreadyExistsError',
        code: 'AUTH_EMAIL_ALREADY_EXISTS',
      });
      expect(await gateway.mutate('register', { email: newEmail(), password: 'q7!' })).toMatchObject({
        __typename: 'WeakPasswordError',
        violations: ['MIN_LENGTH'],
      });
      expect(await gateway.refresh('made.up')).toEqual(INVALID_TOKEN);
      expect(await gateway.mutate('verifyEmail', { token: 'made up' })).toEqual(INVALID_TOKEN);
    });

    test('a user changes the password and ends other sessions', async () => {
      const ada = await gateway.register();
      const { accessToken: token } = await gateway.login(ada);
      const newPassword = 'a better horse battery';
      const changed = await gateway.mutate('changePassword', { currentPassword: ada.password, newPassword }, { token });
      expect(changed).toEqual({ __typename: 'PasswordChanged', user: { id: ada.userId } });
      await gateway.login({ email: ada.email, password: newPassword });
      const sessions = '{ me { sessions { current } } }';
      expect((await gateway.request(sessions, {}, { token })).data).toEqual({
        me: { sessions: expect.arrayContaining([{ current: true }, { current: false }]) },
      });
      expect(await gateway.mutate('revokeOtherSessions', undefined, { token })).toMatchObject({ count: 1 });
      expect((await gateway.request(sessions, {}, { token })).data).toEqual({ me: { sessions: [{ current: true }] } });
    });

    test("another author's name is visible and the email address is not", async () => {
      const author = await gateway.register({ firstName: 'Grace' });
      const reader = await gateway.register();
      posts.posts.splice(0, posts.posts.length, { id: '2', title: 'Compilers', authorId: author.userId });
      const query = '{ posts { title author { firstName email } } }';
      const answer = await gateway.request(query, {}, { token: reader.accessToken });
      expect(answer.data).toEqual({ posts: [{ title: 'Compilers', author: { firstName: 'Grace', email: null } }] });
      expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
      const own = await gateway.request(query, {}, { token: author.accessToken });
      expect(own.data).toEqual({
        posts: [{ title: 'Compilers', author: { firstName: 'Grace', email: author.email } }],
      });
    });

    test('nothing is returned about an author who does not exist', async () => {
      posts.posts.splice(0, posts.posts.length, { id: '3', title: 'Lost', authorId: 'nobody' });
      const answer = await gateway.request('{ posts { title author { firstName } } }');
      expect(answer.errors).toEqual([]);
      expect(answer.data).toEqual({ posts: [{ title: 'Lost', author: { firstName: null } }] });
    });

    test('an expired access token stops neither login nor refresh', async () => {
      const ada = await gateway.register();
      const token = await expiredCopy(ada.accessToken, createSecretKey(Buffer.from(TEST_SECRET)));
      expect((await gateway.me(token)).errors[0]?.extensions.reason).toBe('TOKEN_EXPIRED');
      expect((await gateway.refresh(ada.refreshToken, { token })).__typename).toBe('LoginSuccess');
      expect((await gateway.login(ada, { token })).userId).toBe(ada.userId);
    });

    test('two users who send the same query at once each get their own response', async () => {
      const users = [await gateway.register(), await gateway.register()] as const;
      const answers = await atOnce(20, (turn) => gateway.me(users[turn % 2 === 0 ? 0 : 1].accessToken));
      const [first, second] = users.map(({ userId, email }) => ({ me: { id: userId, email } }));
      expect(answers.map(({ data }) => data)).toEqual(
        answers.map((_answer, turn) => (turn % 2 === 0 ? first : second)),
      );
    });

    test('a session is named after the device in front of the gateway', async () => {
      const { email, password } = await gateway.register();
      const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
      const { session } = await gateway.mutate('login', { email, password }, { headers });
      expect(session?.deviceName).toBe('Firefox on Linux');
    });

    test(`the address of a session is ${addsToForwardedFor ? 'who called the gateway' : 'what a proxy before it says'}`, async () => {
      const { email, password } = await gateway.register();
      const headers = { 'x-forwarded-for': '203.0.113.9' };
      const { accessToken: token } = await gateway.login({ email, password }, { headers });
      const answer = await gateway.request('{ me { sessions { current ipAddress } } }', {}, { token });
      expect(answer.data).toMatchObject({
        me: {
          sessions: expect.arrayContaining([
            { current: true, ipAddress: addsToForwardedFor ? '127.0.0.1' : '203.0.113.9' },
          ]),
        },
      });
    });

    // The others forward what the client says, so a proxy must stand before them.
    const testOfAddress = addsToForwardedFor ? test : () => undefined;
    testOfAddress('a client that disconnects at once cannot choose its address', async () => {
      const query = 'mutation { forgotPassword(input: { email: "ada@example.com" }) { __typename } }';
      authHeaders.seen.length = 0;
      await postAndLeave(gateway.url, JSON.stringify({ query }), { 'x-forwarded-for': '203.0.113.9' });
      await until(() => authHeaders.seen.length > 0, 'the request');
      expect(authHeaders.seen[0]?.['x-forwarded-for']).toMatch(/^203\.0\.113\.9, (unknown|127\.0\.0\.1)$/);
    });

    test(`cookies of the client reach the service, and those of the service reach ${setsCookies ? 'the client' : 'nobody'}`, async () => {
      const { email, password } = await service.register();
      const login = 'mutation ($input: LoginInput!) { login(input: $input) { ... on LoginSuccess { deviceToken } } }';
      const input = { email, password };
      const [direct = ''] = (await service.request(login, { input })).setCookies;
      expect(direct).toMatch(/^__Host-auth-device=/);
      const fresh = await gateway.request(login, { input });
      expect(fresh.data).toEqual({ login: { deviceToken: expect.any(String) } });
      expect(fresh.setCookies).toEqual(
        setsCookies ? [expect.stringMatching(/^__Host-auth-device=[^,]+HttpOnly; /)] : [],
      );
      // A device that is known is given no other token, neither in a cookie nor in the answer.
      const headers = { cookie: `theme=dark; ${direct.split(';')[0] ?? ''}` };
      const known = await gateway.request(login, { input }, { headers });
      expect(known.data).toEqual({ login: { deviceToken: null } });
      expect(known.setCookies).toEqual([]);
    });

    test('the service receives every header that its rules depend on', async () => {
      const sent = {
        authorization: 'Bearer none',
        cookie: 'theme=dark',
        'user-agent': 'Mozilla/5.0',
        'x-requested-with': 'fetch',
        'apollo-require-preflight': '1',
      };
      const origin = 'https://app.example.com';
      authHeaders.seen.length = 0;
      await gateway.request('{ me { id } }', {}, { headers: { ...sent, origin } });
      expect(authHeaders.seen[0]).toMatchObject({ ...sent, 'x-router-secret': ROUTER_SECRET });
      expect(authHeaders.seen[0]?.origin).toBe(forwardsOrigin ? origin : undefined);
    });

    test('other subgraphs receive the access token, but neither cookies nor the router secret', async () => {
      const { accessToken: token } = await gateway.register();
      postsHeaders.seen.length = 0;
      await gateway.request('{ posts { id } }', {}, { token, headers: { cookie: '__Host-auth-device=secret' } });
      const [headers] = postsHeaders.seen;
      expect(headers?.authorization).toBe(`Bearer ${token}`);
      expect(headers).not.toHaveProperty('cookie');
      expect(headers).not.toHaveProperty('x-router-secret');
    });
  });
}
