import 'reflect-metadata';
import { ApolloFederationDriver, type ApolloFederationDriverConfig } from '@nestjs/apollo';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import * as gql from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createTokenVerifier, type AuthenticatedViewer } from '@auth-subgraph/verifier';
import {
  AuthExceptionFilter,
  AuthGuard,
  createAuthContext,
  CurrentUser,
  Public,
  RequiresScopes,
  TOKEN_VERIFIER,
} from '@auth-subgraph/verifier/nestjs';

@gql.ObjectType()
class Post {
  @gql.Field(() => gql.ID)
  id!: string;

  @gql.Field(() => String)
  title!: string;

  @gql.Field(() => gql.ID)
  authorId!: string;
}

const posts: Post[] = [{ id: '1', title: 'Notes', authorId: '00000000-0000-4000-8000-000000000001' }];

@gql.Resolver(() => Post)
class PostResolver {
  @Public()
  @gql.Query(() => [Post])
  posts(): Post[] {
    return posts;
  }

  @gql.Query(() => [Post])
  myPosts(@CurrentUser() { userId }: AuthenticatedViewer): Post[] {
    return posts.filter(({ authorId }) => authorId === userId);
  }

  @gql.Query(() => gql.Int)
  postCount(): number {
    return posts.length;
  }

  @RequiresScopes('posts:write')
  @gql.Mutation(() => Post)
  createPost(
    @gql.Args('title', { type: () => String }) title: string,
    @CurrentUser() { userId }: AuthenticatedViewer,
  ): Post {
    const post = { id: String(posts.length + 1), title, authorId: userId };
    posts.push(post);
    return post;
  }
}

@Controller('posts')
class PostController {
  @Public()
  @Get()
  list(): Post[] {
    return posts;
  }

  @Get('mine')
  mine(@CurrentUser() { userId }: AuthenticatedViewer): Post[] {
    return posts.filter(({ authorId }) => authorId === userId);
  }

  @RequiresScopes('posts:write')
  @Get('drafts')
  drafts(): Post[] {
    return [];
  }
}

const verifier = createTokenVerifier({
  jwksUri: process.env['AUTH_JWKS_URI'] ?? 'http://localhost:4001/.well-known/jwks.json',
});

@Module({
  imports: [
    gql.GraphQLModule.forRoot<ApolloFederationDriverConfig>({
      driver: ApolloFederationDriver,
      autoSchemaFile: { federation: 2 },
      context: createAuthContext(verifier),
    }),
  ],
  controllers: [PostController],
  providers: [
    PostResolver,
    { provide: TOKEN_VERIFIER, useValue: verifier },
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_FILTER, useClass: AuthExceptionFilter },
  ],
})
class AppModule {}

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen(Number(process.env['PORT'] ?? 4002), '127.0.0.1');
console.log(`posts at ${await app.getUrl()}/graphql`);
