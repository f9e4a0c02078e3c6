import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
import { createYoga } from 'graphql-yoga';
import { maskAllButRefusals } from './yoga-masked-errors.js';

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

const yoga = createYoga({
  schema: buildSubgraphSchema([{ typeDefs, resolvers }]),
  context: ({ request }) => viewerContext(request),
  maskedErrors: { maskError: maskAllButRefusals },
});
const server = createServer((request, response) => void yoga(request, response));
server.listen(Number(process.env['PORT'] ?? 4002), '127.0.0.1', () => {
  console.log(`posts at http://127.0.0.1:${String((server.address() as AddressInfo).port)}/graphql`);
});
