import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { createTokenVerifier, createViewerContext, requireViewer, type ViewerContext } from '@auth-subgraph/verifier';
import { scopeAuth, type ViewerScopes } from '@auth-subgraph/verifier/pothos';

interface Post {
  id: string;
  title: string;
  authorId: string;
}

const posts: Post[] = [{ id: '1', title: 'Notes', authorId: '00000000-0000-4000-8000-000000000001' }];

const builder = new SchemaBuilder<{
  Context: ViewerContext;
  AuthScopes: ViewerScopes;
  DefaultAuthStrategy: 'all';
  Objects: { Post: Post };
}>({
  plugins: [ScopeAuthPlugin],
  scopeAuth,
});

// Denies access by default: the scopes of a type apply to each of its fields. A subscriptionType needs this too.
builder.queryType({ authScopes: { signedIn: true } });
builder.mutationType({ authScopes: { signedIn: true } });

builder.objectType('Post', {
  fields: (t) => ({ id: t.exposeID('id'), title: t.exposeString('title'), authorId: t.exposeID('authorId') }),
});

builder.queryFields((t) => ({
  posts: t.field({ type: ['Post'], skipTypeScopes: true, resolve: () => posts }),
  myPosts: t.field({
    type: ['Post'],
    resolve: (_root, _args, context) => {
      const { userId } = requireViewer(context);
      return posts.filter(({ authorId }) => authorId === userId);
    },
  }),
  postCount: t.int({ resolve: () => posts.length }),
}));

builder.mutationField('createPost', (t) =>
  t.field({
    type: 'Post',
    args: { title: t.arg.string({ required: true }) },
    authScopes: { scope: 'posts:write' },
    resolve: (_root, { title }, context) => {
      const post = { id: String(posts.length + 1), title, authorId: requireViewer(context).userId };
      posts.push(post);
      return post;
    },
  }),
);

const verifier = createTokenVerifier({
  jwksUri: process.env['AUTH_JWKS_URI'] ?? 'http://localhost:4001/.well-known/jwks.json',
});
const viewerContext = createViewerContext(verifier);

// With @pothos/plugin-federation, use `builder.toSubGraphSchema()`.
const server = new ApolloServer<ViewerContext>({ schema: builder.toSchema() });
const { url } = await startStandaloneServer(server, {
  context: ({ req }) => viewerContext(req),
  listen: { host: '127.0.0.1', port: Number(process.env['PORT'] ?? 4002) },
});
console.log(`posts at ${url}`);
