import 'reflect-metadata';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { ApolloFederationDriver, type ApolloFederationDriverConfig } from '@nestjs/apollo';
import { Controller, ForbiddenException, Get, Logger, Module, Req, type LoggerService } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory, Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import * as gql from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestAuth } from '../../packages/verifier/src/testing.js';
import {
  createTokenVerifier,
  requireScopes,
  type AuthenticatedViewer,
  type ViewerContext,
} from '../../packages/verifier/src/index.js';
import {
  AuthExceptionFilter,
  AuthGuard,
  createAuthContext,
  CurrentUser,
  Public,
  RequiresScopes,
  TOKEN_VERIFIER,
} from '../../packages/verifier/src/nestjs.js';

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

  @Public()
  @gql.Query(() => String)
  me(@CurrentUser() { userId }: AuthenticatedViewer): string {
    return userId;
  }

  @Public()
  @gql.Query(() => Boolean, { nullable: true })
  broken(): boolean {
    throw new Error('out of order');
  }
}

@Public()
@RequiresScopes('base')
class MarkedBase {}

@Public()
class OpenBase {}

@gql.Resolver()
class SecretResolver extends OpenBase {
  @gql.Query(() => Boolean)
  secret(): boolean {
    return true;
  }

  @RequiresScopes('one')
  @RequiresScopes('two')
  @gql.Query(() => Boolean)
  both(): boolean {
    return true;
  }
}

@RequiresScopes('reports')
@gql.Resolver()
class ReportResolver extends MarkedBase {
  @gql.Query(() => Boolean)
  report(): boolean {
    return true;
  }
}

@Public()
@Controller('count')
class CountController {
  @Get()
  count(@Req() request: ViewerContext): { kind: string } {
    return { kind: requireScopes(request, 'posts:count', { services: true }).kind };
  }
}

@gql.Resolver()
class CountResolver {
  @Public()
  @gql.Query(() => String)
  countedBy(@gql.Context() context: ViewerContext): string {
    return requireScopes(context, 'posts:count', { services: true }).kind;
  }
}

const auth = createTestAuth();
const SERVICE = '01990b2c-5f7a-7c11-9d53-2f1f0a6b7c8d';

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
    SecretResolver,
    ReportResolver,
    CountResolver,
    { provide: TOKEN_VERIFIER, useValue: createTokenVerifier(auth.verifierOptions) },
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_FILTER, useClass: AuthExceptionFilter },
  ],
  controllers: [CountController],
})
class AppModule {}

const logged: unknown[] = [];
const record = (...message: unknown[]): void => void logged.push(...message);
const logger: LoggerService = { log: () => undefined, warn: record, error: record, fatal: record };

let app: NestFastifyApplication;
beforeAll(async () => {
  Logger.overrideLogger(logger);
  app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter());
  await app.init();
});
afterAll(() => app.close());

interface Answer {
  readonly data: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: object }[];
}

async function ask(query: string, scopes?: readonly string[]): Promise<Answer> {
  const headers = scopes ? { authorization: `Bearer ${auth.signTestToken({ scopes })}` } : {};
  const { body } = await app.inject({ method: 'POST', url: '/graphql', headers, payload: { query } });
  return JSON.parse(body) as Answer;
}

test('a mark on a class applies to its fields, and a scope on a field takes precedence', async () => {
  expect(await ask('{ post { id } }')).toEqual({ data: { post: { id: '1' } } });
  expect((await ask('{ draft { id } }')).errors?.[0]?.extensions).toMatchObject({ reason: 'MISSING' });
  expect((await ask('{ draft { id } }', [])).errors?.[0]?.extensions).toMatchObject({ scopes: ['posts:review'] });
  expect(await ask('{ draft { id } }', ['posts:review'])).toEqual({ data: { draft: { id: '2' } } });
});

test('the scopes of a class and of its field are both required, and a public field requires none', async () => {
  for (const scopes of [['admin'], ['posts:write']])
    expect((await ask('{ purge }', scopes)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  expect(await ask('{ purge }', ['admin', 'posts:write'])).toEqual({ data: { purge: true } });
  expect(await ask('{ alive }')).toEqual({ data: { alive: true } });
});

test('a class that extends a public one is not public', async () => {
  expect((await ask('{ secret }')).errors?.[0]?.extensions).toMatchObject({ reason: 'MISSING' });
  expect(await ask('{ secret }', [])).toEqual({ data: { secret: true } });
});

test.each([
  ['both', ['one', 'two']],
  ['report', ['base', 'reports']],
])('the scopes of all decorators are required: %s', async (field, scopes) => {
  for (const scope of scopes)
    expect((await ask(`{ ${field} }`, [scope])).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  expect(await ask(`{ ${field} }`, scopes)).toEqual({ data: { [field]: true } });
});

test('guards on object fields and references reject only those with scopes', async () => {
  const { data, errors } = await ask('{ post { title review } }');
  expect(data).toEqual({ post: { title: 'Notes', review: null } });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  const entities = '{ _entities(representations: [{ __typename: "Post", id: "3" }]) { ... on Post { id title } } }';
  expect(await ask(entities)).toEqual({ data: { _entities: [{ id: '3', title: 'Notes' }] } });
});

test('a context is created from an HTTP request, an object that contains one, or a WebSocket connection', async () => {
  const contextOf = createAuthContext(createTokenVerifier(auth.verifierOptions));
  const request = { headers: { authorization: `Bearer ${auth.signTestToken()}` } };
  for (const source of [request, { req: request }, { extra: { request } }]) {
    const { req, viewer } = await contextOf(source);
    expect(req).toBe(request);
    expect(viewer.kind).toBe('authenticated');
  }
  expect((await contextOf({})).viewer).toEqual({ kind: 'anonymous' });
});

test('a rejected field is not logged, unlike a failing one', async () => {
  const message = 'You must be signed in to do this.';
  const extensions = { code: 'UNAUTHENTICATED', reason: 'MISSING' };
  for (const query of ['{ purge }', '{ me }'])
    expect((await ask(query)).errors).toMatchObject([{ message, extensions: expect.objectContaining(extensions) }]);
  expect((await ask('{ purge }', [])).errors).toMatchObject([
    { message: 'You may not do this.', extensions: { code: 'FORBIDDEN', scopes: ['posts:write', 'admin'] } },
  ]);
  expect(logged).toEqual([]);
  await ask('{ broken }');
  expect(String(logged[0])).toContain('out of order');
});

test('what a handler itself requires is answered as by the guard, and not logged', async () => {
  const before = logged.length;
  const anonymous = { code: 'UNAUTHENTICATED', reason: 'MISSING' };
  const forbidden = { code: 'FORBIDDEN', scopes: ['posts:count'] };
  const bearer = (scopes: readonly string[]): { authorization: string } => ({
    authorization: `Bearer ${auth.signTestToken({ serviceId: SERVICE, scopes })}`,
  });
  const over = async (headers: Record<string, string>): Promise<object[]> => {
    const http = await app.inject({ url: '/count', headers });
    const graphql = await app.inject({ method: 'POST', url: '/graphql', headers, payload: { query: '{ countedBy }' } });
    return [{ status: http.statusCode, ...http.json<object>() }, graphql.json<Answer>().errors?.[0]?.extensions ?? {}];
  };
  expect(await over({})).toMatchObject([{ status: 401, ...anonymous }, anonymous]);
  expect(await over(bearer([]))).toMatchObject([{ status: 403, ...forbidden }, forbidden]);
  expect(await over(bearer(['posts:count']))).toMatchObject([{ status: 200, kind: 'service' }, {}]);
  expect(logged.slice(before)).toEqual([]);
});

test.each(['rpc', 'ws'])('a message of %s cannot authenticate its sender', async (type) => {
  const viewer = { kind: 'authenticated', userId: 'ada', sessionId: 'laptop', scopes: ['admin', 'posts:write'] };
  for (const resolver of [AdminResolver, OpenResolver]) {
    const host = new ExecutionContextHost([{ viewer }, {}], resolver, () => undefined);
    host.setType(type);
    const guard = new AuthGuard(new Reflector(), createTokenVerifier(auth.verifierOptions));
    await expect(guard.canActivate(host)).rejects.toThrow(
      new ForbiddenException(`AuthGuard supports GraphQL and HTTP, not ${type}`),
    );
  }
});
