import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import { createAuthSubgraph, createSmtpMailer, toNodeHandler } from 'auth-subgraph';
import express, { type ErrorRequestHandler } from 'express';

const auth = await createAuthSubgraph({
  jwt: { keys: [process.env['JWT_KEY'] ?? ''] },
  router: { secret: process.env['ROUTER_SECRET'] ?? '' },
  database: { url: process.env['DATABASE_URL'] ?? '' },
  mailer: createSmtpMailer({ url: process.env['SMTP_URL'] ?? '', from: 'Acme <no-reply@acme.example>' }),
});
await auth.migrate();
await auth.start();

const app = express();
const httpServer = createServer(app);
// Node.js forgets the address of a client that disconnects, unless it was read before. Calls are counted by it.
httpServer.on('connection', (socket) => {
  if (socket.remoteAddress === undefined) socket.destroy();
});
// One proxy, the gateway, appends the address of the client to X-Forwarded-For.
app.set('trust proxy', 1);

app.use(toNodeHandler(auth.handlers.fetch));
app.get('/health/live', (_req, res) => {
  res.sendStatus(auth.isLive() ? 200 : 503);
});
app.get('/health/ready', async (_req, res) => {
  res.sendStatus((await auth.isReady()) ? 200 : 503);
});

const server = new ApolloServer({
  ...auth.apolloOptions,
  plugins: [...auth.apolloOptions.plugins, ApolloServerPluginDrainHttpServer({ httpServer })],
  stopOnTerminationSignals: false,
});
await server.start();
app.use(
  '/graphql',
  express.json({ limit: '1mb' }),
  expressMiddleware(server, {
    context: ({ req, res }) =>
      Promise.resolve(
        auth.context({
          headers: req.headers,
          ip: auth.isFromRouter(req.headers) ? req.ip : req.socket.remoteAddress,
          setCookie: (cookie) => res.setHeader('set-cookie', cookie),
        }),
      ),
  }),
);

// By default, Express logs a request body that is not valid JSON. It may contain a password.
const answerError: ErrorRequestHandler = ({ status = 500 }: { status?: number }, _req, res, next) => {
  if (res.headersSent) next(new Error('The response was interrupted.'));
  else res.status(status).json({ errors: [{ message: 'The request failed.' }] });
};
app.use(answerError);

httpServer.listen(Number(process.env['PORT'] ?? 4001), process.env['HOST'] ?? 'localhost');

async function stop(): Promise<void> {
  await server.stop();
  await auth.close();
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
