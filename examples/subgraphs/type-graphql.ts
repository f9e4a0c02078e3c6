import 'reflect-metadata';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { createTokenVerifier, createViewerContext } from '@auth-subgraph/verifier';
import type { AuthenticatedViewer, ViewerContext } from '@auth-subgraph/verifier';
import { authChecker, CurrentUser, protectSchema, Public } from '@auth-subgraph/verifier/type-graphql';
import { parse } from 'graphql';
import * as tg from 'type-graphql';

@tg.ObjectType()
class Post {
  @tg.Field(() => tg.ID)
  id!: string;

  @tg.Field(() => String)
  title!: string;

  @tg.Field(() => tg.ID)
  authorId!: string;
}

const posts: Post[] = [{ id: '1', title: 'Notes', authorId: '00000000-0000-4000-8000-000000000001' }];

@tg.Resolver()
class PostResolver {
  @Public()
  @tg.Query(() => [Post])
  posts(): Post[] {
    return posts;
  }

  @tg.Query(() => [Post])
  myPosts(@CurrentUser() { userId }: AuthenticatedViewer): Post[] {
    return posts.filter(({ authorId }) => authorId === userId);
  }

  @tg.Query(() => tg.Int)
  postCount(): number {
    return posts.length;
  }

  @tg.Authorized('posts:write')
  @tg.Mutation(() => Post)
  createPost(@tg.Arg('title', () => String) title: string, @CurrentUser() { userId }: AuthenticatedViewer): Post {
    const post = { id: String(posts.length + 1), title, authorId: userId };
    posts.push(post);
    return post;
  }
}

const base = protectSchema(await tg.buildSchema({ resolvers: [PostResolver], authChecker, validate: false }));
const schema = buildSubgraphSchema([
  { typeDefs: parse(printSubgraphSchema(base)), resolvers: tg.createResolversMap(base) as never },
]);

const verifier = createTokenVerifier({
  jwksUri: process.env['AUTH_JWKS_URI'] ?? 'http://localhost:4001/.well-known/jwks.json',
});
const viewerContext = createViewerContext(verifier);

const server = new ApolloServer<ViewerContext>({ schema });
const { url } = await startStandaloneServer(server, {
  context: ({ req }) => viewerContext(req),
  listen: { host: '127.0.0.1', port: Number(process.env['PORT'] ?? 4002) },
});
console.log(`posts at ${url}`);
