import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { ForbiddenException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { graphql, GraphQLBoolean, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { AuthGuard, RequiresScopes } from '../../packages/verifier/src/nestjs.js';
import { scopeAuth } from '../../packages/verifier/src/pothos.js';
import {
  createTokenVerifier,
  createViewerContext,
  ForbiddenError,
  protectResolvers,
  requireScopes,
  requireViewer,
  UnauthenticatedError,
  type TokenVerifier,
  type Viewer,
  type ViewerContext,
} from '../../packages/verifier/src/index.js';
import { guarded } from '../../packages/verifier/src/resolvers.js';
import { testAuth, type TestTokenGrant } from '../../packages/verifier/src/testing.js';
import { authChecker, protectSchema } from '../../packages/verifier/src/type-graphql.js';

const verifier = createTokenVerifier(testAuth.verifierOptions);
const contextOf = createViewerContext(verifier);
const serviceId = randomUUID();

async function contextWith(grant: TestTokenGrant): Promise<ViewerContext> {
  return contextOf({ headers: { authorization: `Bearer ${testAuth.signTestToken(grant)}` } });
}

const REFUSAL = { name: 'ForbiddenError', extensions: { code: 'FORBIDDEN', reason: 'USER_REQUIRED' } };

test('the viewer of a service token is the service account, not a user', async () => {
  const { viewer } = await contextWith({ serviceId, scopes: ['orders:read'] });
  expect(viewer).toMatchObject({
    kind: 'service',
    serviceId,
    scopes: ['orders:read'],
    claims: { client_id: serviceId },
  });
  expect(Object.keys(viewer).sort()).toEqual(['claims', 'kind', 'scopes', 'serviceId']);
});

test('everything that requires a user rejects a service account, whatever its scopes', async () => {
  const context = await contextWith({ serviceId, scopes: ['orders:read'] });
  const answer = (_source: unknown, _args: object, given: ViewerContext): string => given.viewer.kind;
  const { Query } = protectResolvers({ Query: { orders: answer, open: answer } }, { public: ['Query.open'] });
  for (const attempt of [
    () => requireViewer(context),
    () => requireScopes(context),
    () => requireScopes(context, 'orders:read'),
    () => requireScopes(context, 'orders:read', { services: false }),
    () => (authChecker as (data: object, scopes: string[]) => boolean)({ context }, ['orders:read']),
    () => Query.orders('', {}, context),
  ])
    expect(attempt).toThrow(expect.objectContaining(REFUSAL));
  expect(Query.open('', {}, context)).toBe('service');
});

test('a protected TypeGraphQL schema rejects a service account', async () => {
  const fields = { orders: { type: GraphQLBoolean, resolve: () => true } };
  const schema = protectSchema(new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields }) }));
  const contextValue = await contextWith({ serviceId });
  const { data, errors } = await graphql({ schema, source: '{ orders }', contextValue });
  expect({ data, extensions: errors?.[0]?.extensions }).toEqual({
    data: { orders: null },
    extensions: REFUSAL.extensions,
  });
});

test('the scopes of a service account open nothing in Pothos', async () => {
  const context = await contextWith({ serviceId, scopes: ['orders:read'] });
  const { signedIn, scope } = scopeAuth.authScopes(context);
  expect([signedIn, scope('orders:read'), scope([])]).toEqual([false, false, false]);
  const failure = { kind: 'AuthScope', scope: 'scope', parameter: 'orders:read' };
  expect(scopeAuth.unauthorizedError(null, context, null, { failure })).toMatchObject(REFUSAL);
});

test('requireScopes with services accepts users and service accounts, and only with the scopes', async () => {
  const both = { services: true } as const;
  const service = await contextWith({ serviceId, scopes: ['orders:read', 'orders:write'] });
  const user = await contextWith({ scopes: ['orders:read'] });
  expect(requireScopes(service, 'orders:read', 'orders:write', both)).toMatchObject({ kind: 'service', serviceId });
  expect(requireScopes(user, 'orders:read', both).kind).toBe('authenticated');
  for (const context of [service, user])
    expect(() => requireScopes(context, 'orders:delete', both)).toThrow(
      expect.objectContaining({ extensions: { code: 'FORBIDDEN', scopes: ['orders:delete'] } }),
    );
  expect(() => requireScopes({ viewer: { kind: 'anonymous' } }, both)).toThrow(UnauthenticatedError);
});

/** What JavaScript or a cast can pass instead of scopes. */
const MISTAKES: readonly (readonly unknown[])[] = [
  ...[[['orders:read']], [{}], [{ scope: 'orders:read' }], [null], [undefined]],
  ...[[{ services: true, x: 1 }], [{ services: 'yes' }], [{ services: true }, 'orders:read']],
];

const HOLDERS: readonly [string, TestTokenGrant][] = [
  ['service account', { serviceId }],
  ['user', {}],
];

describe.each(MISTAKES)('requireScopes with %j', (...given) => {
  test.each(HOLDERS)('refuses a %s', async (_holder, grant) => {
    const context = await contextWith({ ...grant, scopes: ['orders:read'] });
    const call = requireScopes as (...given: unknown[]) => unknown;
    expect(() => call(context, ...given)).toThrow(ForbiddenError);
  });
});

describe.each([...MISTAKES, [{ services: true }]])('a mark with %j', (...given) => {
  test.each(HOLDERS)('refuses a %s in every adapter', async (_holder, grant) => {
    const context = await contextWith({ ...grant, scopes: ['orders:read'] });
    const check = authChecker as (data: object, scopes: readonly unknown[]) => boolean;
    expect(() => check({ context }, given)).toThrow(ForbiddenError);
    const resolve = guarded(() => true, given as string[]) as (...given: unknown[]) => unknown;
    expect(() => resolve(null, {}, context, null)).toThrow(ForbiddenError);
    expect(scopeAuth.authScopes(context).scope(given as string[])).toBe(false);
    const handler = (): void => undefined;
    RequiresScopes(...(given as [string]))(handler);
    const host = new ExecutionContextHost([context], Object, handler);
    await expect(new AuthGuard(new Reflector(), verifier).canActivate(host)).rejects.toThrow(ForbiddenException);
  });
});

test('verify accepts tokens of users only, verifyAny both', async () => {
  const token = testAuth.signTestToken({ serviceId });
  await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'TOKEN_INVALID', detail: 'of a service account' });
  expect(await verifier.verifyAny(token)).toMatchObject({ serviceId });
  expect(await verifier.verifyAny(testAuth.signTestToken({ userId: serviceId }))).toMatchObject({ userId: serviceId });
});

test('a verifier without verifyAny still recognizes users', async () => {
  const older = { verify: (token: string) => verifier.verify(token), close: () => undefined } as TokenVerifier;
  const read = async (grant: TestTokenGrant): Promise<Viewer> => {
    const authorization = `Bearer ${testAuth.signTestToken(grant)}`;
    return (await createViewerContext(older)({ headers: { authorization } })).viewer;
  };
  expect(await read({ userId: serviceId })).toMatchObject({ kind: 'authenticated', userId: serviceId });
  expect(await read({ serviceId })).toEqual({ kind: 'rejected', reason: 'TOKEN_INVALID' });
});

test('a test token of a service account has nothing of a user', () => {
  expect(() => testAuth.signTestToken({ serviceId, userId: randomUUID(), amr: ['pwd'] })).toThrow(
    'a service account has no userId, amr',
  );
});
