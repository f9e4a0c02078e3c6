import {
  ApolloGateway,
  IntrospectAndCompose,
  RemoteGraphQLDataSource,
  type GraphQLDataSourceProcessOptions,
} from '@apollo/gateway';
import { composeServices } from '@apollo/composition';
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { GraphQLTestClient } from '../support/graphql-client.js';
import { POSTS_SDL, startPostsSubgraph, type PostsSubgraph } from '../support/posts-subgraph.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

/** The headers of the caller that a gateway passes on. */
const FORWARDED = ['authorization', 'user-agent'] as const;

interface GatewayContext {
  readonly headers?: IncomingHttpHeaders;
}

/** Sends along who the caller is, as a team's own gateway does. */
class ForwardingDataSource extends RemoteGraphQLDataSource<GatewayContext> {
  override willSendRequest({ request, context }: GraphQLDataSourceProcessOptions<GatewayContext>): void {
    const { headers } = context as GatewayContext;
    for (const name of FORWARDED) {
      const value = headers?.[name];
      if (value !== undefined) request.http?.headers.set(name, value);
    }
  }
}

let app: TestApp;
let posts: PostsSubgraph;
let gateway: ApolloServer<GatewayContext>;
let client: GraphQLTestClient;

beforeAll(async () => {
  app = await createTestApp();
  const auth = await app.server.listen({ port: 0, host: '127.0.0.1' });
  posts = await startPostsSubgraph();
  gateway = new ApolloServer<GatewayContext>({
    gateway: new ApolloGateway({
      supergraphSdl: new IntrospectAndCompose({
        subgraphs: [
          { name: 'auth', url: `${auth}/graphql` },
          { name: 'posts', url: posts.url },
        ],
      }),
      buildService: ({ url = '' }) => new ForwardingDataSource({ url }),
      logger: quiet,
    }),
    logger: quiet,
  });
  const { url } = await startStandaloneServer(gateway, {
    listen: { port: 0, host: '127.0.0.1' },
    context: ({ req }) => Promise.resolve({ headers: req.headers }),
  });
  client = new GraphQLTestClient(async (body, headers) => {
    const response = await fetch(url, { method: 'POST', body, headers: { ...headers, connection: 'close' } });
    return { status: response.status, text: await response.text() };
  });
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await posts.stop();
});

const ignore = (): undefined => undefined;
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };

describe('through a real gateway', () => {
  test('a client registers, signs in, reads across subgraphs, refreshes and logs out', async () => {
    const ada = await client.register({ firstName: 'Ada' });
    const { accessToken: token, refreshToken } = await client.login(ada);
    posts.posts.push({ id: '1', title: 'Notes', authorId: ada.userId });
    const answer = await client.request(
      '{ me { id email posts { title } } posts { author { firstName } } }',
      {},
      { token },
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual({
      me: { id: ada.userId, email: ada.email, posts: [{ title: 'Notes' }] },
      posts: [{ author: { firstName: 'Ada' } }],
    });
    const refreshed = await client.refresh(refreshToken);
    expect(refreshed).toMatchObject({ __typename: 'LoginSuccess', user: { email: ada.email } });
    const renewed = refreshed.tokens?.accessToken;
    expect(await client.mutate('logout', undefined, { token: renewed })).toMatchObject({
      __typename: 'SessionRevoked',
    });
    const after = await client.request('{ me { id } posts { title } }', {}, { token: renewed });
    expect(after.data).toEqual({ me: null, posts: [{ title: 'Notes' }] });
    expect(after.errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
  });

  test("another author's name is open and the address is not", async () => {
    const author = await client.register({ firstName: 'Grace' });
    const reader = await client.register();
    posts.posts.splice(0, posts.posts.length, { id: '2', title: 'Compilers', authorId: author.userId });
    const query = '{ posts { title author { firstName email } } }';
    const answer = await client.request(query, {}, { token: reader.accessToken });
    expect(answer.data).toEqual({ posts: [{ title: 'Compilers', author: { firstName: 'Grace', email: null } }] });
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors[0]?.extensions.code).toBe('FORBIDDEN');
    const own = await client.request(query, {}, { token: author.accessToken });
    expect(own.data).toEqual({ posts: [{ title: 'Compilers', author: { firstName: 'Grace', email: author.email } }] });
  });

  test('of an author who does not exist nothing is known', async () => {
    posts.posts.splice(0, posts.posts.length, { id: '3', title: 'Lost', authorId: 'nobody' });
    const answer = await client.request('{ posts { title author { firstName } } }');
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual({ posts: [{ title: 'Lost', author: { firstName: null } }] });
  });

  test('an expired access token stops neither refresh nor login', async () => {
    const ada = await client.register();
    app.clock.advance(16 * 60);
    expect((await client.me(ada.accessToken)).errors[0]?.extensions.reason).toBe('TOKEN_EXPIRED');
    const options = { token: ada.accessToken };
    expect((await client.refresh(ada.refreshToken, options)).__typename).toBe('LoginSuccess');
    expect((await client.login(ada, options)).userId).toBe(ada.userId);
  });

  test('a session is named after the device in front of the gateway', async () => {
    const { email, password } = await client.register();
    const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
    const { session } = await client.mutate('login', { email, password }, { headers });
    expect(session?.deviceName).toBe('Firefox on Linux');
  });

  test('an expected failure reaches the client as data', async () => {
    const ada = await client.register();
    expect(await client.mutate('login', { email: ada.email, password: 'wrong' })).toEqual({
      __typename: 'InvalidCredentialsError',
      code: 'AUTH_INVALID_CREDENTIALS',
      message: 'The email address or the password is wrong.',
    });
    const weak = await client.mutate('register', { email: 'weak@example.com', password: 'q7!' });
    expect(weak).toMatchObject({ __typename: 'WeakPasswordError', violations: ['MIN_LENGTH'] });
  });
});

test('schema.graphql composes with a neighbour', async () => {
  const sdl = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
  const { errors, supergraphSdl } = composeServices([
    { name: 'auth', url: 'http://auth', typeDefs: parse(sdl) },
    { name: 'posts', url: 'http://posts', typeDefs: parse(POSTS_SDL) },
  ]);
  expect(errors).toBeUndefined();
  expect(supergraphSdl).toContain('type User');
});
