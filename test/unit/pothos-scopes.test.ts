import { expect, test } from '@jest/globals';
import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { graphql, type ExecutionResult } from 'graphql';
import { scopeAuth, type ViewerScopes } from '../../src/verifier/pothos.js';
import type { Viewer, ViewerContext } from '../../src/verifier.js';

const builder = new SchemaBuilder<{ Context: ViewerContext; AuthScopes: ViewerScopes; DefaultAuthStrategy: 'all' }>({
  plugins: [ScopeAuthPlugin],
  scopeAuth,
});
builder.queryType({
  authScopes: { signedIn: true },
  fields: (t) => ({
    both: t.boolean({ authScopes: { scope: ['read', 'write'] }, resolve: () => true }),
    all: t.boolean({ authScopes: { signedIn: true, scope: 'write' }, resolve: () => true }),
    either: t.boolean({ authScopes: { $any: { scope: 'read', $all: { scope: 'admin' } } }, resolve: () => true }),
    never: t.boolean({ authScopes: () => false, resolve: () => true }),
  }),
});
const schema = builder.toSchema();

async function ask(field: string, viewer: Viewer): Promise<ExecutionResult> {
  return graphql({ schema, source: `{ ${field} }`, contextValue: { viewer } });
}

function viewerWith(...scopes: string[]): Viewer {
  return { kind: 'authenticated', userId: 'ada', sessionId: 'laptop', scopes, claims: {} };
}

test('several scopes are needed together, and are all named to who lacks one', async () => {
  expect(await ask('both', viewerWith('read', 'write'))).toEqual({ data: { both: true } });
  const { errors } = await ask('both', viewerWith('read'));
  expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', scopes: ['read', 'write'] });
});

test('of several conditions all must hold', async () => {
  expect(await ask('all', viewerWith('write'))).toEqual({ data: { all: true } });
  const { errors } = await ask('all', viewerWith('read'));
  expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', scopes: ['write'] });
});

test('of alternatives one is enough, and none is named as needed', async () => {
  for (const scope of ['read', 'admin'])
    expect(await ask('either', viewerWith(scope))).toEqual({ data: { either: true } });
  const { errors } = await ask('either', viewerWith('write'));
  expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN' });
});

test('a check of the application itself refuses without naming a scope', async () => {
  expect((await ask('never', viewerWith())).errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN' });
});

test('who is not signed in is told why, whatever scopes are needed', async () => {
  for (const field of ['both', 'either', 'never']) {
    const { errors } = await ask(field, { kind: 'rejected', reason: 'SESSION_ENDED' });
    expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
  }
});
