import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { startPostsSubgraph, type PostsSubgraph } from '../../examples/supergraph/posts-subgraph.js';
import type { GatewayTarget } from '../../src/gateway-config/gateway-target.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { expiredCopy } from '../support/expired-token.js';
import type { Gateway } from '../support/gateways/gateway-process.js';
import { startHiveGateway } from '../support/gateways/hive-gateway.js';
import { recordHeaders, type HeaderRecorder } from '../support/header-recorder.js';
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

const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

let database: TestDatabase;
let service: ServiceProcess;
let posts: PostsSubgraph;
let postsHeaders: HeaderRecorder;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ DATABASE_URL: database.url, JWT_SECRET: '', JWT_KEYS: privateKey });
  posts = await startPostsSubgraph({ jwksUri: new URL('/.well-known/jwks.json', service.url).href });
  postsHeaders = await recordHeaders(posts.url);
}, 60_000);

afterAll(async () => {
  await postsHeaders.stop();
  await posts.stop();
  await service.stop();
  await database.drop();
});

describe.each([
  { title: 'its JWT plugin', more: '' },
  { title: 'its JWT plugin and generic auth', more: WITH_GENERIC_AUTH },
])('through Hive Gateway with $title', ({ more }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    const jwksUrl = new URL('/.well-known/jwks.json', service.url).href;
    const tokens = { jwksUrl, issuer: 'auth-subgraph', audience: 'supergraph' };
    const auth: GatewayTarget = { url: service.url, tokens, routerSecret: false, cookies: false };
    gateway = await startHiveGateway({ auth, postsUrl: postsHeaders.url }, more);
  }, 90_000);
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

  test('the neighbour is told a user whose token is good, and no other', async () => {
    const ada = await gateway.register();
    const expired = await expiredCopy(ada.accessToken, createPrivateKey(privateKey));
    postsHeaders.seen.length = 0;
    for (const token of [ada.accessToken, expired, undefined]) await gateway.request('{ posts { id } }', {}, { token });
    expect(postsHeaders.seen.map((headers) => headers['x-user-id'])).toEqual(
      more === '' ? [undefined, undefined, undefined] : [ada.userId, undefined, undefined],
    );
  });

  test('a token of a key that is not published, or no longer, does not stop them either', async () => {
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
