import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import { parse } from 'graphql';
// In your own project: from '@auth-subgraph/verifier'.
import {
  createTokenVerifier,
  createViewerContext,
  requireViewer,
  type TokenVerifierOptions,
  type ViewerContext,
} from '../../packages/verifier/src/index.js';

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

export const postsSchemaFile = new URL('posts.graphql', import.meta.url);

/** Starts another subgraph: it owns posts, references their authors, and extends the user by its id. */
export async function startPostsSubgraph(tokens: TokenVerifierOptions): Promise<PostsSubgraph> {
  const posts: Post[] = [];
  const verifier = createTokenVerifier(tokens);
  const readViewer = createViewerContext(verifier);
  const server = new ApolloServer<ViewerContext>({
    schema: buildSubgraphSchema([
      { typeDefs: parse(await readFile(postsSchemaFile, 'utf8')), resolvers: resolversOf(posts) },
    ]),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: ({ req }) => readViewer(req),
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    verifier.close();
  };
  return { url, posts, stop };
}

function resolversOf(posts: Post[]): GraphQLResolverMap<ViewerContext> {
  return {
    Query: { posts: () => posts },
    Mutation: {
      createPost: (_root: unknown, { title }: { title: string }, context: ViewerContext) => {
        const { userId } = requireViewer(context);
        const post: Post = { id: randomUUID(), title, authorId: userId };
        posts.push(post);
        return post;
      },
    },
    Post: { author: ({ authorId }: Post) => ({ __typename: 'User', id: authorId }) },
    User: { posts: ({ id }: { id: string }) => posts.filter(({ authorId }) => authorId === id) },
  };
}
