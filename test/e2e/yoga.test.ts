import { expect, test } from '@jest/globals';
import { createTestAuth } from '../../packages/verifier/src/testing.js';
import {
  createTokenVerifier,
  createViewerContext,
  protectResolvers,
  requireScopes,
  type ViewerContext,
} from '../../packages/verifier/src/index.js';

interface Yoga {
  fetch(url: string, init: object): Promise<Response>;
}

/** Imported without its types: they declare the globals of browsers for every file that is compiled with them. */
async function load<Module>(specifier: string): Promise<Module> {
  return (await import(specifier)) as Module;
}

const { createSchema, createYoga } = await load<{
  createSchema: (parts: object) => object;
  createYoga: (options: object) => Yoga;
}>('graphql-yoga');
const { maskAllButRefusals } = await load<{ maskAllButRefusals: unknown }>(
  '../../examples/subgraphs/yoga-masked-errors.js',
);

const resolvers = protectResolvers(
  {
    Query: {
      mine: () => true,
      drafts: (_: unknown, _args: unknown, context: ViewerContext) => Boolean(requireScopes(context, 'posts:write')),
      broken: () => {
        throw new Error('out of order');
      },
    },
    Subscription: {
      ticks: {
        async *subscribe() {
          yield await Promise.resolve({ ticks: true });
        },
      },
    },
  },
  { public: ['Query.broken'] },
);
const SCHEMA = 'type Query { mine: Boolean, drafts: Boolean, broken: Boolean } type Subscription { ticks: Boolean }';
const auth = createTestAuth();
const viewerContext = createViewerContext(createTokenVerifier(auth.verifierOptions));
const yoga = createYoga({
  schema: createSchema({ typeDefs: SCHEMA, resolvers }),
  context: ({ request }: { request: Request }) => viewerContext(request),
  maskedErrors: { maskError: maskAllButRefusals },
  logging: false,
});

async function send(query: string, token?: string, accept = 'application/json'): Promise<Response> {
  return yoga.fetch('http://127.0.0.1/graphql', {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', accept },
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
  });
}

async function ask(query: string, token?: string): Promise<unknown> {
  return (await send(query, token)).json();
}

const subscribe = (token?: string): Promise<Response> => send('subscription { ticks }', token, 'text/event-stream');

test('with the documented setting, Yoga returns our rejections and still masks all other errors', async () => {
  expect(await ask('{ mine }')).toMatchObject({
    data: { mine: null },
    errors: [
      {
        message: 'You must be signed in to do this.',
        extensions: { code: 'UNAUTHENTICATED', reason: 'MISSING' },
      },
    ],
  });
  expect(await ask('{ drafts }', auth.signTestToken())).toMatchObject({
    errors: [{ extensions: { code: 'FORBIDDEN', scopes: ['posts:write'] } }],
  });
  expect(await ask('{ mine }', auth.signTestToken())).toEqual({ data: { mine: true } });
  expect(await ask('{ broken }')).toMatchObject({ errors: [{ message: 'Unexpected error.' }] });
});

test.each([
  ['MISSING', undefined],
  ['TOKEN_INVALID', 'forged'],
])('a refused subscription is one with its reason, not a failure of the server: %s', async (reason, token) => {
  const response = await subscribe(token);
  expect(response.status).toBe(200);
  const [, result = ''] = /^data: (.*)$/m.exec(await response.text()) ?? [];
  expect(JSON.parse(result)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED', reason } }] });
});

test('a signed-in user may subscribe', async () => {
  const response = await subscribe(auth.signTestToken());
  expect(await response.text()).toContain('data: {"data":{"ticks":true}}');
});
