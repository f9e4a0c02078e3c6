import { expect, test } from '@jest/globals';
import {
  protectResolvers,
  requireViewer,
  UnauthenticatedError,
  type ViewerContext,
} from '../../packages/verifier/src/index.js';

const ANONYMOUS: ViewerContext = { viewer: { kind: 'anonymous' } };
const SIGNED_IN: ViewerContext = {
  viewer: { kind: 'authenticated', userId: 'ada', sessionId: 'laptop', scopes: [], claims: {} },
};

type Resolve = (source: unknown, args: object, context: ViewerContext) => string;
const answer: Resolve = (source, args, { viewer }) => JSON.stringify([source, args, viewer.kind]);
const resolvers = {
  Query: { posts: answer, drafts: answer },
  Mutation: { createPost: { resolve: answer } },
  Subscription: { postAdded: { subscribe: answer, resolve: answer } },
  Post: { title: answer },
};

test('every root field except the public ones requires a signed-in viewer, subscriptions from their start', () => {
  const { Query, Mutation, Subscription, Post } = protectResolvers(resolvers, { public: ['Query.posts'] });
  for (const resolve of [Query.posts, Post.title]) expect(resolve('source', {}, ANONYMOUS)).toContain('anonymous');
  const { subscribe, resolve } = Subscription.postAdded;
  for (const guarded of [Query.drafts, Mutation.createPost.resolve, subscribe, resolve]) {
    expect(() => guarded('source', {}, ANONYMOUS)).toThrow(UnauthenticatedError);
    expect(guarded('source', { title: 'x' }, SIGNED_IN)).toBe('["source",{"title":"x"},"authenticated"]');
  }
  expect(resolvers.Query.drafts).toBe(answer);
});

test('unknown public fields are rejected at startup, each by name', () => {
  expect(() => protectResolvers(resolvers, { public: ['Query.posts', 'Query.post', 'Post.title'] })).toThrow(
    'there is no resolver for Query.post, Post.title',
  );
});

test('a map without a root type is rejected, since nothing would be protected', () => {
  expect(() => protectResolvers({ RootQuery: { posts: answer } }, { public: [] })).toThrow(
    'there is no Query, Mutation or Subscription to protect',
  );
});

test('a root type or field that is not a plain object is rejected, since its methods would be lost', () => {
  class Posts {
    resolve = answer;
    posts(): string {
      return 'Notes';
    }
  }
  for (const [Query, path] of [
    [new Posts(), 'Query'],
    [Posts, 'Query'],
    [{ posts: new Posts() }, 'Query.posts'],
  ] as const)
    expect(() => protectResolvers({ Query }, { public: [] })).toThrow(`${path} is not a plain object; write {`);
  const Query = Object.assign(Object.create(null) as object, { posts: answer });
  expect(() => protectResolvers({ Query }, { public: [] }).Query.posts('', {}, ANONYMOUS)).toThrow(
    UnauthenticatedError,
  );
});

test('other properties of a field stay unchanged', () => {
  const extensions = { cost: () => 1, tags: [/a/] };
  const { Query } = protectResolvers({ Query: { posts: { resolve: answer, extensions } } }, { public: [] });
  expect(Query.posts.extensions).toBe(extensions);
});

test('a context without a viewer lets nobody in, and says what is missing', () => {
  expect(() => requireViewer({} as ViewerContext)).toThrow('create it with createViewerContext');
});

test.each([undefined, {}, { public: undefined }, { public: 'Query.posts' }, { public: new Set(['Query.posts']) }])(
  'the public fields must be a list: %j',
  (options) => {
    expect(() => protectResolvers({ Query: { posts: answer } }, options as never)).toThrow(
      "list the public fields as { public: ['Query.posts'] }",
    );
  },
);
