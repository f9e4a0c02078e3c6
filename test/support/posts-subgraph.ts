import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';

/** A neighbour in the supergraph: owns posts, refers to their authors, and extends the user by its id. */
export const POSTS_SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])

  type Query { posts: [Post!] }
  type Post @key(fields: "id") { id: ID! title: String author: User }
  type User @key(fields: "id") { id: ID! posts: [Post!] }
`;

interface Post {
  readonly id: string;
  readonly title: string;
  readonly authorId: string;
}

export interface PostsSubgraph {
  readonly url: string;
  readonly posts: Post[];
  stop(): Promise<void>;
}

export async function startPostsSubgraph(): Promise<PostsSubgraph> {
  const posts: Post[] = [];
  const resolvers = {
    Query: { posts: () => posts },
    Post: { author: ({ authorId }: Post) => ({ __typename: 'User', id: authorId }) },
    User: { posts: ({ id }: { id: string }) => posts.filter(({ authorId }) => authorId === id) },
  };
  const server = new ApolloServer({
    schema: buildSubgraphSchema([{ typeDefs: parse(POSTS_SDL), resolvers }]),
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
  return { url, posts, stop: () => server.stop() };
}

const ignore = (): undefined => undefined;
