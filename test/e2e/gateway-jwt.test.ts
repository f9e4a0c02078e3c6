import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { startPostsSubgraph, type PostsSubgraph } from '../../examples/supergraph/posts-subgraph.js';
import type { GatewayTarget } from '../../src/cli/gateway-config/gateway-target.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { expiredCopy } from '../support/expired-token.js';
import type { Gateway } from '../support/gateways/gateway-process.js';
import { startHiveGateway } from '../support/gateways/hive-gateway.js';
import { recordHeaders, type HeaderRecorder } from '../support/header-recorder.js';
import { newPrivateKey } from '../support/new-private-key.js';
import { startService, type ServiceProcess } from '../support/service-process.js';

/** On top of what we print: the gateway knows the user, and tells the neighbour who it is. */
const WITH_GENERIC_AUTH = `
  import { gatewayConfig as base } from './auth.config.mjs';
  const { fromClientToSubgraphs, ...rest } = base.propagateHeaders;
  export const gatewayConfig = {
    ...base,
    genericAuth: { mode: 'resolve-only', resolveUserFn: ({ jwt }) => jwt?.payload },
    propagateHeaders: {
      ...rest,
      fromClientToSubgraphs: (call) => ({ ...fromClientToSubgraphs(call), 'x-user-id': call.context.currentUser?.sub }),
    },
  };
`;

/** The gateway enforces the directives of the schema before it asks a subgraph. */
const WITH_DIRECTIVES = `
  import { gatewayConfig as base } from './auth.config.mjs';
  export const gatewayConfig = {
    ...base,
    genericAuth: { mode: 'protect-granular', resolveUserFn: ({ jwt }) => jwt?.payload },
  };
`;

const privateKey = newPrivateKey();

let database: TestDatabase;
let service: ServiceProcess;
let posts: PostsSubgraph;
let postsHeaders: HeaderRecorder;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ DATABASE_URL: database.url, JWT_SECRET: '', JWT_KEYS: privateKey });
  posts = await startPostsSubgraph({ jwksUri: new URL('/.well-known/jwks.json', service.url).href });
  postsHeaders = await recordHeaders(posts.url);
});

afterAll(async () => {
  await postsHeaders.stop();
  await posts.stop();
  await service.stop();
  await database.drop();
});

function targetOf({ url }: ServiceProcess): GatewayTarget {
  const jwksUrl = new URL('/.well-known/jwks.json', url).href;
  const tokens = { jwksUrl, issuer: 'auth-subgraph', audience: 'supergraph' };
  return { url, tokens, routerSecret: false, cookies: false };
}

describe.each([
  { title: 'its JWT plugin', more: '' },
  { title: 'its JWT plugin and generic auth', more: WITH_GENERIC_AUTH },
])('through Hive Gateway with $title', ({ more }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startHiveGateway({ auth: targetOf(service), postsUrl: postsHeaders.url }, more);
  });
  afterAll(() => gateway.stop());

  test('a client registers, signs in, writes, refreshes and logs out', async () => {
    const ada = await gateway.register();
    const { accessToken: token, refreshToken } = await gateway.login(ada);
    expect((await gateway.me(token)).data).toEqual({ me: { id: ada.userId, email: ada.email } });
    const written = await gateway.request('mutation { createPost(title: "Notes") { title } }', {}, { token });
    expect(written.data).toEqual({ createPost: { title: 'Notes' } });
    const renewed = (await gateway.refresh(refreshToken)).tokens?.accessToken;
    expect((await gateway.mutate('logout', undefined, { token: renewed })).__typename).toBe('SessionRevoked');
    const after = await gateway.me(renewed);
    expect(after.errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
  });

  test('an expired access token stops neither login nor refresh', async () => {
    const ada = await gateway.register();
    const token = await expiredCopy(ada.accessToken, createPrivateKey(privateKey));
    expect((await gateway.me(token)).errors[0]?.extensions.reason).toBe('TOKEN_EXPIRED');
    expect((await gateway.refresh(ada.refreshToken, { token })).__typename).toBe('LoginSuccess');
    expect((await gateway.login(ada, { token })).userId).toBe(ada.userId);
  });

  test('another subgraph sees a user with a valid token, and no other', async () => {
    const ada = await gateway.register();
    const expired = await expiredCopy(ada.accessToken, createPrivateKey(privateKey));
    postsHeaders.seen.length = 0;
    for (const token of [ada.accessToken, expired, undefined]) await gateway.request('{ posts { id } }', {}, { token });
    expect(postsHeaders.seen.map((headers) => headers['x-user-id'])).toEqual(
      more === '' ? [undefined, undefined, undefined] : [ada.userId, undefined, undefined],
    );
  });

  test('a token with an unpublished or removed key does not block login or refresh', async () => {
    const ada = await gateway.register();
    const strange = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const header = { alg: 'ES256', kid: 'retired', typ: 'at+jwt' };
    const retired = await new SignJWT({ sub: ada.userId }).setProtectedHeader(header).sign(strange);
    const foreign = await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from('no key'));
    postsHeaders.seen.length = 0;
    for (const token of [retired, foreign, 'not a token']) {
      expect((await gateway.login(ada, { token })).userId).toBe(ada.userId);
      expect((await gateway.me(token)).errors[0]?.extensions.reason).toBe('TOKEN_INVALID');
      await gateway.request('{ posts { id } }', {}, { token });
    }
    expect(postsHeaders.seen.map((headers) => headers['x-user-id'])).toEqual([undefined, undefined, undefined]);
  });
});

describe('through Hive Gateway that enforces the directives of the schema', () => {
  let marked: ServiceProcess;
  let gateway: Gateway;
  beforeAll(async () => {
    const settings = { DATABASE_URL: database.url, JWT_SECRET: '', JWT_KEYS: privateKey, AUTH_DIRECTIVES: 'true' };
    marked = await startService(settings);
    const answer = await marked.request<{ _service: { sdl: string } }>('{ _service { sdl } }');
    const authSdl = answer.data._service.sdl;
    gateway = await startHiveGateway({ auth: targetOf(marked), authSdl, postsUrl: postsHeaders.url }, WITH_DIRECTIVES);
  });
  afterAll(async () => {
    await gateway.stop();
    await marked.stop();
  });

  test('an expired access token stops neither login nor refresh, and me at the gateway', async () => {
    const ada = await gateway.register();
    expect((await gateway.me(ada.accessToken)).data).toEqual({ me: { id: ada.userId, email: ada.email } });
    const token = await expiredCopy(ada.accessToken, createPrivateKey(privateKey));
    expect((await gateway.refresh(ada.refreshToken, { token })).__typename).toBe('LoginSuccess');
    expect((await gateway.login(ada, { token })).userId).toBe(ada.userId);
    const refused = await gateway.me(token);
    expect(refused.data).toBeNull();
    // In the words of the gateway: the service, which would have said why, was not asked.
    expect(refused.errors.map(({ extensions }) => extensions)).toEqual([{ code: 'UNAUTHORIZED_FIELD_OR_TYPE' }]);
  });

  test('a logout without a valid access token reaches the service', async () => {
    const ada = await gateway.register();
    for (const token of [await expiredCopy(ada.accessToken, createPrivateKey(privateKey)), undefined]) {
      const { errors } = await gateway.mutation('logout', undefined, { token });
      const reason = token === undefined ? 'MISSING' : 'TOKEN_EXPIRED';
      expect(errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason });
    }
  });

  test('a session that has ended is rejected by the service, with its reason', async () => {
    const { accessToken: token } = await gateway.register();
    expect((await gateway.mutate('logout', undefined, { token })).__typename).toBe('SessionRevoked');
    const after = await gateway.me(token);
    expect(after.errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
  });
});
