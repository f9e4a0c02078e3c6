import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, parse } from 'graphql';
import { currentUserId } from './current-user.js';

interface Post {
  readonly id: string;
  readonly title: string;
  readonly authorId: string;
}

interface PostsContext {
  readonly headers: IncomingHttpHeaders;
}

export interface PostsSubgraph {
  readonly url: string;
  readonly posts: Post[];
  stop(): Promise<void>;
}

export interface PostsOptions {
  /** Where the auth subgraph answers. */
  readonly authUrl: string;
  /** 0 lets the system choose. */
  readonly port?: number;
}

export const postsSchemaFile = new URL('posts.graphql', import.meta.url);

/** Starts a neighbour in the supergraph: it owns posts, refers to their authors, and extends the user by its id. */
export async function startPostsSubgraph({ authUrl, port = 0 }: PostsOptions): Promise<PostsSubgraph> {
  const posts: Post[] = [];
  const resolvers = {
    Query: { posts: () => posts },
    Mutation: {
      createPost: async (_root: unknown, { title }: { title: string }, { headers }: PostsContext) => {
        const authorId = await currentUserId(headers, authUrl);
        if (authorId === undefined)
          throw new GraphQLError('You must be signed in to do this.', { extensions: { code: 'UNAUTHENTICATED' } });
        const post: Post = { id: randomUUID(), title, authorId };
        posts.push(post);
        return post;
      },
    },
    Post: { author: ({ authorId }: Post) => ({ __typename: 'User', id: authorId }) },
    User: { posts: ({ id }: { id: string }) => posts.filter(({ authorId }) => authorId === id) },
  };
  const typeDefs = parse(await readFile(postsSchemaFile, 'utf8'));
  const server = new ApolloServer<PostsContext>({
    schema: buildSubgraphSchema([{ typeDefs, resolvers }]),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port, host: '127.0.0.1' },
    context: ({ req }) => Promise.resolve({ headers: req.headers }),
  });
  return { url, posts, stop: () => server.stop() };
}
