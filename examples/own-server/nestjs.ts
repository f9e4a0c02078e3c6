import 'reflect-metadata';
import { ApolloFederationDriver, type ApolloFederationDriverConfig } from '@nestjs/apollo';
import { Controller, Get, Module, ServiceUnavailableException, type OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createAuthSubgraph, createSmtpMailer, toNodeHandler } from 'auth-subgraph';
import type { FastifyReply, FastifyRequest } from 'fastify';

const auth = await createAuthSubgraph({
  jwt: { keys: [process.env['JWT_KEY'] ?? ''] },
  router: { secret: process.env['ROUTER_SECRET'] ?? '' },
  database: { url: process.env['DATABASE_URL'] ?? '' },
  mailer: createSmtpMailer({ url: process.env['SMTP_URL'] ?? '', from: 'Acme <no-reply@acme.example>' }),
});
await auth.migrate();
await auth.start();

@Controller('health')
class HealthController {
  @Get('live')
  live(): string {
    if (!auth.isLive()) throw new ServiceUnavailableException();
    return 'ok';
  }

  @Get('ready')
  async ready(): Promise<string> {
    if (!(await auth.isReady())) throw new ServiceUnavailableException();
    return 'ok';
  }
}

@Module({
  imports: [
    GraphQLModule.forRoot<ApolloFederationDriverConfig>({
      ...auth.apolloOptions,
      driver: ApolloFederationDriver,
      // Its landing page loads scripts from another site.
      graphiql: false,
      context: (request: FastifyRequest, reply: FastifyReply) =>
        auth.context({
          headers: request.headers,
          ip: auth.isFromRouter(request.headers) ? request.ip : request.socket.remoteAddress,
          // Fastify would add a second header to one that is there.
          setCookie: (cookie) => void reply.removeHeader('set-cookie').header('set-cookie', cookie),
        }),
    }),
  ],
  controllers: [HealthController],
})
class AppModule implements OnApplicationShutdown {
  async onApplicationShutdown(): Promise<void> {
    await auth.close();
  }
}

// One proxy, the gateway, appends the address of the client to X-Forwarded-For.
const adapter = new FastifyAdapter({ trustProxy: (_address, hop) => hop < 1 });
const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, { logger: ['error', 'warn'] });
app.use(toNodeHandler(auth.handlers.fetch));
// Stops the server first, then the module. By default Nest would end the process with the signal instead of exiting.
app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
// Node.js forgets the address of a client that disconnects, unless it was read before. Calls are counted by it.
app.getHttpServer().on('connection', (socket) => {
  if (socket.remoteAddress === undefined) socket.destroy();
});
await app.listen(Number(process.env['PORT'] ?? 4001), process.env['HOST'] ?? 'localhost');
