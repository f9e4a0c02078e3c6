import { expect, test } from '@jest/globals';
import { graphql, GraphQLInt, GraphQLObjectType, GraphQLSchema, parse, subscribe } from 'graphql';
import { PUBLIC } from '../../packages/verifier/src/public-mark.js';
import { protectSchema } from '../../packages/verifier/src/type-graphql.js';
import type { ViewerContext } from '../../packages/verifier/src/index.js';

const ANONYMOUS: ViewerContext = { viewer: { kind: 'anonymous' } };
const SIGNED_IN: ViewerContext = {
  viewer: { kind: 'authenticated', userId: 'ada', sessionId: 'laptop', scopes: [], claims: {} },
};

async function* ticks(): AsyncGenerator<{ ticks: number }> {
  yield await Promise.resolve({ ticks: 1 });
}

const schema = protectSchema(
  new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'RootQuery',
      fields: {
        open: { type: GraphQLInt, extensions: { [PUBLIC]: true } },
        inherited: { type: GraphQLInt },
        labelled: { type: GraphQLInt, extensions: { public: true } },
      },
    }),
    subscription: new GraphQLObjectType({
      name: 'RootSubscription',
      fields: { ticks: { type: GraphQLInt, subscribe: ticks } },
    }),
  }),
);
const rootValue = { open: 1, inherited: 2, labelled: 3 };
const missing = { extensions: { code: 'UNAUTHENTICATED', reason: 'MISSING' } };

test('a root field without its own resolver is protected too, whatever the name of the root type', async () => {
  const source = '{ open inherited }';
  const refused = await graphql({ schema, source, rootValue, contextValue: ANONYMOUS });
  expect(refused.data).toEqual({ open: 1, inherited: null });
  expect(refused.errors).toEqual([expect.objectContaining(missing)]);
  expect(await graphql({ schema, source, rootValue, contextValue: SIGNED_IN })).toEqual({
    data: { open: 1, inherited: 2 },
  });
});

test('an extension of the application does not make a field public', async () => {
  const { data } = await graphql({ schema, source: '{ open labelled }', rootValue, contextValue: ANONYMOUS });
  expect(data).toEqual({ open: 1, labelled: null });
});

test('a subscription is rejected before it starts', async () => {
  const document = parse('subscription { ticks }');
  const refused = await subscribe({ schema, document, contextValue: ANONYMOUS });
  expect(refused).toMatchObject({ errors: [missing] });
  const stream = (await subscribe({ schema, document, contextValue: SIGNED_IN })) as AsyncGenerator;
  expect((await stream.next()).value).toEqual({ data: { ticks: 1 } });
});
