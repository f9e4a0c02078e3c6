import { ApolloServer } from '@apollo/server';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import { createAuthSubgraph, createSmtpMailer, toNodeHandler } from 'auth-subgraph';
import Fastify from 'fastify';

const auth = await createAuthSubgraph({
  jwt: { keys: [process.env['JWT_KEY'] ?? ''] },
  router: { secret: process.env['ROUTER_SECRET'] ?? '' },
  database: { url: process.env['DATABASE_URL'] ?? '' },
  mailer: createSmtpMailer({ url: process.env['SMTP_URL'] ?? '', from: 'Acme <no-reply@acme.example>' }),
});
await auth.migrate();
await auth.start();

// One proxy, the gateway, appends the address of the client to X-Forwarded-For.
const app = Fastify({ trustProxy: (_address, hop) => hop < 1 });
// Node.js forgets the address of a client that disconnects, unless it was read before. Calls are counted by it.
app.server.on('connection', (socket) => {
  if (socket.remoteAddress === undefined) socket.destroy();
});

const publications = toNodeHandler(auth.handlers.fetch);
for (const path of ['/.well-known/jwks.json', '/revocations'])
  app.all(path, (request, reply) => {
    reply.hijack();
    publications(request.raw, reply.raw);
  });
app.get('/health/live', (_request, reply) => reply.code(auth.isLive() ? 200 : 503).send());
app.get('/health/ready', async (_request, reply) => reply.code((await auth.isReady()) ? 200 : 503).send());

const server = new ApolloServer({
  ...auth.apolloOptions,
  plugins: [...auth.apolloOptions.plugins, fastifyApolloDrainPlugin(app)],
  stopOnTerminationSignals: false,
});
await server.start();
app.route({
  method: ['GET', 'POST'],
  url: '/graphql',
  handler: fastifyApolloHandler(server, {
    context: (request, reply) =>
      Promise.resolve(
        auth.context({
          headers: request.headers,
          ip: auth.isFromRouter(request.headers) ? request.ip : request.socket.remoteAddress,
          // Fastify would add a second header to one that is there.
          setCookie: (cookie) => void reply.removeHeader('set-cookie').header('set-cookie', cookie),
        }),
      ),
  }),
});

await app.listen({ host: process.env['HOST'] ?? 'localhost', port: Number(process.env['PORT'] ?? 4001) });

async function stop(): Promise<void> {
  await server.stop();
  await auth.close();
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
