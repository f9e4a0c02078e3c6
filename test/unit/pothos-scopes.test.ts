import { expect, test } from '@jest/globals';
import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { graphql, parse, subscribe, type ExecutionResult } from 'graphql';
import { scopeAuth, type ViewerScopes } from '../../packages/verifier/src/pothos.js';
import type { Viewer, ViewerContext } from '../../packages/verifier/src/index.js';

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
    none: t.boolean({ skipTypeScopes: true, authScopes: { scope: [] }, resolve: () => true }),
  }),
});
const started: string[] = [];
async function* ticks(name: string): AsyncGenerator<string> {
  started.push(name);
  yield await Promise.resolve(name);
}
builder.subscriptionType({
  authScopes: { signedIn: true },
  fields: (t) => ({
    closed: t.string({ subscribe: () => ticks('closed'), resolve: (tick) => tick }),
    open: t.string({ skipTypeScopes: true, subscribe: () => ticks('open'), resolve: (tick) => tick }),
  }),
});
const schema = builder.toSchema();

async function ask(field: string, viewer: Viewer): Promise<ExecutionResult> {
  return graphql({ schema, source: `{ ${field} }`, contextValue: { viewer } });
}

function viewerWith(...scopes: string[]): Viewer {
  return { kind: 'authenticated', userId: 'ada', sessionId: 'laptop', scopes, claims: {} };
}

test('several scopes are all required, and all listed if one is missing', async () => {
  expect(await ask('both', viewerWith('read', 'write'))).toEqual({ data: { both: true } });
  const { errors } = await ask('both', viewerWith('read'));
  expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', scopes: ['read', 'write'] });
});

test('several conditions must all hold', async () => {
  expect(await ask('all', viewerWith('write'))).toEqual({ data: { all: true } });
  const { errors } = await ask('all', viewerWith('read'));
  expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', scopes: ['write'] });
});

test('one of several alternatives is enough, and none is listed as required', async () => {
  for (const scope of ['read', 'admin'])
    expect(await ask('either', viewerWith(scope))).toEqual({ data: { either: true } });
  const { errors } = await ask('either', viewerWith('write'));
  expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN' });
});

test('a check of your application rejects without listing a scope', async () => {
  expect((await ask('never', viewerWith())).errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN' });
});

test('an anonymous caller is told why, whatever scopes are required', async () => {
  for (const field of ['both', 'either', 'never', 'none']) {
    const { errors } = await ask(field, { kind: 'rejected', reason: 'SESSION_ENDED' });
    expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
  }
});

test('an empty list of scopes requires only a signed-in viewer', async () => {
  expect(await ask('none', { kind: 'anonymous' })).toMatchObject({ data: { none: null } });
  expect(await ask('none', viewerWith())).toEqual({ data: { none: true } });
});

test('a subscription is rejected before it starts, unless it is public', async () => {
  const firstOf = async (field: string, viewer: Viewer): Promise<unknown> => {
    const document = parse(`subscription { ${field} }`);
    const answer = await subscribe({ schema, document, contextValue: { viewer } });
    return Symbol.asyncIterator in answer ? (await answer.next()).value : answer;
  };
  const refused = await firstOf('closed', { kind: 'anonymous' });
  expect(refused).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED', reason: 'MISSING' } }] });
  expect(started).toEqual([]);
  expect(await firstOf('closed', viewerWith())).toEqual({ data: { closed: 'closed' } });
  expect(await firstOf('open', { kind: 'anonymous' })).toEqual({ data: { open: 'open' } });
});
