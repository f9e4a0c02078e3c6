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
  },
  { public: ['Query.broken'] },
);
const auth = createTestAuth();
const viewerContext = createViewerContext(createTokenVerifier(auth.verifierOptions));
const yoga = createYoga({
  schema: createSchema({ typeDefs: 'type Query { mine: Boolean, drafts: Boolean, broken: Boolean }', resolvers }),
  context: ({ request }: { request: Request }) => viewerContext(request),
  maskedErrors: { maskError: maskAllButRefusals },
  logging: false,
});

async function ask(query: string, token?: string): Promise<unknown> {
  const response = await yoga.fetch('http://127.0.0.1/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

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
