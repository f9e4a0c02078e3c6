import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { createTestAuth } from '../../packages/verifier/src/testing.js';
import {
  createTokenVerifier,
  createViewerContext,
  ForbiddenError,
  protectResolvers,
  requireScopes,
  UnauthenticatedError,
  type ViewerContext,
} from '../../packages/verifier/src/index.js';

interface Yoga {
  fetch(url: string, init: object): Promise<Response>;
}

// It comes with Hive Gateway.
const requireByGateway = createRequire(createRequire(import.meta.url).resolve('@graphql-hive/gateway'));
const { createSchema, createYoga, maskError } = requireByGateway('graphql-yoga') as {
  createSchema: (parts: object) => object;
  createYoga: (options: object) => Yoga;
  maskError: unknown;
};
const { GraphQLError } = createRequire(requireByGateway.resolve('graphql-yoga'))('graphql') as {
  GraphQLError: unknown;
};

const page = await readFile(new URL('../../docs/verifier.md', import.meta.url), 'utf8');
const [, code = ''] = /\n## GraphQL Yoga\n[\s\S]*?```js\n([\s\S]*?)```/.exec(page) ?? [];

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
const yoga = runInNewContext(`${code.replace(/^import .*\n/gm, '')}\nyoga`, {
  createYoga: (options: object) => createYoga({ ...options, logging: false }),
  ...{ maskError, GraphQLError, UnauthenticatedError, ForbiddenError },
  schema: createSchema({ typeDefs: 'type Query { mine: Boolean, drafts: Boolean, broken: Boolean }', resolvers }),
  viewerContext: createViewerContext(createTokenVerifier(auth.verifierOptions)),
}) as Yoga;

async function ask(query: string, token?: string): Promise<unknown> {
  const response = await yoga.fetch('http://127.0.0.1/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

test('with the setting that is documented Yoga answers our refusals, and masks all other errors as before', async () => {
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
