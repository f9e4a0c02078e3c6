import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestAuth, type JwksServer, type TestTokenGrant } from '../../packages/verifier/src/testing.js';
import { EXAMPLE_ARGUMENTS, ROOT, startExample, type ExampleProcess } from '../support/example-process.js';

const auth = createTestAuth();
let jwks: JwksServer;
beforeAll(async () => {
  jwks = await auth.startJwks();
});
afterAll(() => jwks.stop());

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions: Record<string, unknown> }[];
}

const CREATE_POST = 'mutation { createPost(title: "Engines") { title authorId } }';

describe.each(['resolver-map', 'yoga', 'type-graphql', 'nestjs', 'pothos'])('the %s example', (name) => {
  let example: ExampleProcess;
  beforeAll(async () => {
    example = await startExample(name, jwks.uri);
  });
  afterAll(() => example.stop());

  async function ask(query: string, token?: string): Promise<Answer> {
    const response = await fetch(example.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Answer;
  }

  async function refusal(query: string, token?: string): Promise<Record<string, unknown> | undefined> {
    const { data, errors } = await ask(query, token);
    expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
    const { code, reason, scopes } = errors?.[0]?.extensions ?? {};
    return { code, ...(reason !== undefined && { reason }), ...(scopes !== undefined && { scopes }) };
  }

  test('serves a public field to anyone, whatever the token', async () => {
    for (const token of [undefined, 'garbage', auth.signTestToken({ expiresInSeconds: -1 })]) {
      const { data, errors } = await ask('{ posts { title } }', token);
      expect(errors).toBeUndefined();
      expect(data?.['posts']).toContainEqual({ title: 'Notes' });
    }
  });

  test('rejects a protected field for anonymous callers, with the reason', async () => {
    const unauthenticated = (reason: string): object => ({ code: 'UNAUTHENTICATED', reason });
    const query = '{ myPosts { title } }';
    expect(await refusal(query)).toEqual(unauthenticated('MISSING'));
    expect(await refusal(query, auth.signTestToken({ expiresInSeconds: -1 }))).toEqual(
      unauthenticated('TOKEN_EXPIRED'),
    );
    expect(await refusal(query, 'garbage')).toEqual(unauthenticated('TOKEN_INVALID'));
    expect(await refusal(query, createTestAuth().signTestToken())).toEqual(unauthenticated('TOKEN_INVALID'));
  });

  test('rejects an unmarked field', async () => {
    expect(await refusal('{ postCount }')).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    const { data } = await ask('{ postCount }', auth.signTestToken());
    expect(data?.['postCount']).toBeGreaterThan(0);
  });

  test('rejects a mutation if the token lacks its scope, and names the scope', async () => {
    expect(await refusal(CREATE_POST)).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    for (const grant of [{}, { scopes: ['posts:read', 'posts'] }] satisfies TestTokenGrant[])
      expect(await refusal(CREATE_POST, auth.signTestToken(grant))).toEqual({
        code: 'FORBIDDEN',
        scopes: ['posts:write'],
      });
  });

  test('knows the current user', async () => {
    const userId = randomUUID();
    const token = auth.signTestToken({ userId, scopes: ['posts:read', 'posts:write'] });
    const post = { title: 'Engines', authorId: userId };
    expect(await ask(CREATE_POST, token)).toEqual({ data: { createPost: post } });
    expect(await ask('{ myPosts { title authorId } }', token)).toEqual({ data: { myPosts: [post] } });
    const other = await ask('{ myPosts { title } }', auth.signTestToken());
    expect(other).toEqual({ data: { myPosts: [] } });
  });
});

describe('the nestjs example over plain HTTP', () => {
  let example: ExampleProcess;
  beforeAll(async () => {
    example = await startExample('nestjs', jwks.uri);
  });
  afterAll(() => example.stop());

  async function get(path: string, grant?: TestTokenGrant): Promise<{ status: number; body: unknown }> {
    const headers = grant ? { authorization: `Bearer ${auth.signTestToken(grant)}` } : {};
    const response = await fetch(new URL(path, example.url), { headers });
    return { status: response.status, body: await response.json() };
  }

  test('the same rules apply, with HTTP status codes', async () => {
    expect((await get('/posts')).status).toBe(200);
    expect(await get('/posts/mine')).toEqual({
      status: 401,
      body: expect.objectContaining({ code: 'UNAUTHENTICATED', reason: 'MISSING' }) as unknown,
    });
    expect(await get('/posts/mine', { expiresInSeconds: -1 })).toMatchObject({
      status: 401,
      body: { reason: 'TOKEN_EXPIRED' },
    });
    expect(await get('/posts/mine', {})).toEqual({ status: 200, body: [] });
    expect(await get('/posts/drafts', {})).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN', scopes: ['posts:write'] },
    });
    expect((await get('/posts/drafts', { scopes: ['posts:write'] })).status).toBe(200);
  });
});

test('the sample test for subgraph authors passes without an auth service', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...EXAMPLE_ARGUMENTS, '--test', 'examples/subgraphs/posts.test.ts'],
    { cwd: ROOT, env: { PATH: process.env['PATH'] } },
  );
  expect(stdout).toMatch(/pass 1\n/);
});
