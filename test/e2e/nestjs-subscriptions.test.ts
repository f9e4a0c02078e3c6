import 'reflect-metadata';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { ApolloFederationDriver, type ApolloFederationDriverConfig } from '@nestjs/apollo';
import { Logger, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import * as gql from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { subscriptions } from '../../examples/subgraphs/nestjs-subscriptions.js';
import { createTestAuth } from '../../packages/verifier/src/testing.js';
import { createTokenVerifier } from '../../packages/verifier/src/index.js';
import { AuthGuard, createAuthContext, Public, TOKEN_VERIFIER } from '../../packages/verifier/src/nestjs.js';

@gql.Resolver()
class TickResolver {
  @Public()
  @gql.Query(() => Boolean)
  alive(): boolean {
    return true;
  }

  @gql.Subscription(() => String)
  async *tick(): AsyncGenerator<{ tick: string }> {
    yield await Promise.resolve({ tick: 'tock' });
  }
}

const auth = createTestAuth();
const verifier = createTokenVerifier(auth.verifierOptions);

@Module({
  imports: [
    gql.GraphQLModule.forRoot<ApolloFederationDriverConfig>({
      driver: ApolloFederationDriver,
      autoSchemaFile: { federation: 2 },
      context: createAuthContext(verifier),
      plugins: [ApolloServerPluginInlineTraceDisabled()],
      subscriptions,
    }),
  ],
  providers: [
    TickResolver,
    { provide: TOKEN_VERIFIER, useValue: verifier },
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
})
class AppModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  Logger.overrideLogger(false);
  app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter());
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());

interface Message {
  readonly type: string;
  readonly payload?: unknown;
}

/** Subscribes as a browser would, and answers the first event or refusal. */
async function firstTick(payload: object): Promise<unknown> {
  const socket = new WebSocket(`${(await app.getUrl()).replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const send = (message: object): void => socket.send(JSON.stringify(message));
  try {
    return await new Promise((resolve, reject) => {
      socket.onopen = () => send({ type: 'connection_init', payload });
      socket.onclose = (event) => reject(new Error(`closed: ${String(event.code)} ${event.reason}`));
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(String(data)) as Message;
        if (message.type !== 'connection_ack') resolve(message.payload);
        else send({ id: '1', type: 'subscribe', payload: { query: 'subscription { tick }' } });
      };
    });
  } finally {
    socket.close();
  }
}

test('with the documented setting, a token in connectionParams authenticates the subscriber', async () => {
  const authorization = `Bearer ${auth.signTestToken()}`;
  expect(await firstTick({ authorization })).toEqual({ data: { tick: 'tock' } });
  for (const payload of [{}, { authorization: { viewer: 'ada' } }])
    expect(JSON.stringify(await firstTick(payload))).toContain('"code":"UNAUTHENTICATED","reason":"MISSING"');
});
