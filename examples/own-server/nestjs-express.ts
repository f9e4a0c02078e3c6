import 'reflect-metadata';
import { ApolloFederationDriver, type ApolloFederationDriverConfig } from '@nestjs/apollo';
import { Controller, Get, Module, ServiceUnavailableException, type OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createAuthSubgraph, createSmtpMailer, toNodeHandler } from 'auth-subgraph';
import type { Request, Response } from 'express';

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
      context: ({ req, res }: { req: Request; res: Response }) =>
        auth.context({
          headers: req.headers,
          ip: auth.isFromRouter(req.headers) ? req.ip : req.socket.remoteAddress,
          setCookie: (cookie) => res.setHeader('set-cookie', cookie),
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

const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error', 'warn'] });
// One proxy, the gateway, appends the address of the client to X-Forwarded-For.
app.set('trust proxy', 1);
// By default a body may have 100 kB, which is too little for the representations of a gateway.
app.useBodyParser('json', { limit: '1mb' });
app.use(toNodeHandler(auth.handlers.fetch));
// Stops the server first, then the module. By default Nest would end the process with the signal instead of exiting.
app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
// Node.js forgets the address of a client that disconnects, unless it was read before. Calls are counted by it.
app.getHttpServer().on('connection', (socket) => {
  if (socket.remoteAddress === undefined) socket.destroy();
});
await app.listen(Number(process.env['PORT'] ?? 4001), process.env['HOST'] ?? 'localhost');
