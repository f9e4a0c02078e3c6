import 'reflect-metadata';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { ApolloFederationDriver, type ApolloFederationDriverConfig } from '@nestjs/apollo';
import { Logger, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import * as gql from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestAuth } from '../../src/testing.js';
import { createTokenVerifier } from '../../src/verifier.js';
import { AuthGuard, Public, RequiresScopes, TOKEN_VERIFIER } from '../../src/verifier/nestjs.js';

@gql.ObjectType()
@gql.Directive('@key(fields: "id")')
class Post {
  @gql.Field(() => gql.ID)
  id!: string;
}

@Public()
@gql.Resolver(() => Post)
class OpenResolver {
  @gql.Query(() => Post)
  post(): object {
    return { id: '1' };
  }

  @RequiresScopes('posts:review')
  @gql.Query(() => Post)
  draft(): object {
    return { id: '2' };
  }
}

@gql.Resolver(() => Post)
class PostResolver {
  @gql.ResolveField(() => String)
  title(): string {
    return 'Notes';
  }

  @RequiresScopes('posts:review')
  @gql.ResolveField(() => String, { nullable: true })
  review(): string {
    return 'Good';
  }

  @gql.ResolveReference()
  resolveReference({ id }: { id: string }): object {
    return { id };
  }
}

@RequiresScopes('admin')
@gql.Resolver()
class AdminResolver {
  @RequiresScopes('posts:write')
  @gql.Query(() => Boolean)
  purge(): boolean {
    return true;
  }

  @Public()
  @gql.Query(() => Boolean)
  alive(): boolean {
    return true;
  }
}

const auth = createTestAuth();

@Module({
  imports: [
    // Without createAuthContext: then the guard reads the viewer by itself.
    gql.GraphQLModule.forRoot<ApolloFederationDriverConfig>({
      driver: ApolloFederationDriver,
      autoSchemaFile: { federation: 2 },
      fieldResolverEnhancers: ['guards'],
      plugins: [ApolloServerPluginInlineTraceDisabled()],
    }),
  ],
  providers: [
    OpenResolver,
    PostResolver,
    AdminResolver,
    { provide: TOKEN_VERIFIER, useValue: createTokenVerifier(auth.verifierOptions) },
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
})
class AppModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  Logger.overrideLogger(false);
  app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter());
  await app.init();
}, 60_000);
afterAll(() => app.close());

interface Answer {
  readonly data: unknown;
  readonly errors?: readonly { readonly extensions: object }[];
}

async function ask(query: string, scopes?: readonly string[]): Promise<Answer> {
  const headers = scopes ? { authorization: `Bearer ${auth.signTestToken({ scopes })}` } : {};
  const { body } = await app.inject({ method: 'POST', url: '/graphql', headers, payload: { query } });
  return JSON.parse(body) as Answer;
}

test('a mark on a class holds for its fields, and a scope on a field goes before it', async () => {
  expect(await ask('{ post { id } }')).toEqual({ data: { post: { id: '1' } } });
  expect((await ask('{ draft { id } }')).errors?.[0]?.extensions).toMatchObject({ reason: 'MISSING' });
  expect((await ask('{ draft { id } }', [])).errors?.[0]?.extensions).toMatchObject({ scopes: ['posts:review'] });
  expect(await ask('{ draft { id } }', ['posts:review'])).toEqual({ data: { draft: { id: '2' } } });
});

test('the scopes of a class and of its field are needed together, and a public field is free of them', async () => {
  for (const scopes of [['admin'], ['posts:write']])
    expect((await ask('{ purge }', scopes)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  expect(await ask('{ purge }', ['admin', 'posts:write'])).toEqual({ data: { purge: true } });
  expect(await ask('{ alive }')).toEqual({ data: { alive: true } });
});

test('where guards see the fields of objects and references, they refuse those with scopes only', async () => {
  const { data, errors } = await ask('{ post { title review } }');
  expect(data).toEqual({ post: { title: 'Notes', review: null } });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  const entities = '{ _entities(representations: [{ __typename: "Post", id: "3" }]) { ... on Post { id title } } }';
  expect(await ask(entities)).toEqual({ data: { _entities: [{ id: '3', title: 'Notes' }] } });
});
