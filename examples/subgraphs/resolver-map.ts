import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  createTokenVerifier,
  createViewerContext,
  protectResolvers,
  requireScopes,
  requireViewer,
  type ViewerContext,
} from '@auth-subgraph/verifier';
import { parse } from 'graphql';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])

  type Query {
    posts: [Post!]!
    myPosts: [Post!]!
    postCount: Int!
  }
  type Mutation {
    createPost(title: String!): Post!
  }
  type Post @key(fields: "id") {
    id: ID!
    title: String!
    authorId: ID!
  }
`);

const posts = [{ id: '1', title: 'Notes', authorId: '00000000-0000-4000-8000-000000000001' }];

const resolvers = protectResolvers(
  {
    Query: {
      posts: () => posts,
      myPosts: (_: unknown, _args: unknown, context: ViewerContext) => {
        const { userId } = requireViewer(context);
        return posts.filter(({ authorId }) => authorId === userId);
      },
      postCount: () => posts.length,
    },
    Mutation: {
      createPost: (_: unknown, { title }: { title: string }, context: ViewerContext) => {
        const { userId } = requireScopes(context, 'posts:write');
        const post = { id: String(posts.length + 1), title, authorId: userId };
        posts.push(post);
        return post;
      },
    },
  },
  { public: ['Query.posts'] },
);

const verifier = createTokenVerifier({
  jwksUri: process.env['AUTH_JWKS_URI'] ?? 'http://localhost:4001/.well-known/jwks.json',
});
const viewerContext = createViewerContext(verifier);

const server = new ApolloServer<ViewerContext>({ schema: buildSubgraphSchema([{ typeDefs, resolvers }]) });
const { url } = await startStandaloneServer(server, {
  context: ({ req }) => viewerContext(req),
  listen: { host: '127.0.0.1', port: Number(process.env['PORT'] ?? 4002) },
});
console.log(`posts at ${url}`);
