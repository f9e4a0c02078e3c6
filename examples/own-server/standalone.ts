import { createServer, type IncomingMessage } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createAuthSubgraph, createSmtpMailer, toNodeHandler } from 'auth-subgraph';

const auth = await createAuthSubgraph({
  jwt: { keys: [process.env['JWT_KEY'] ?? ''] },
  router: { secret: process.env['ROUTER_SECRET'] ?? '' },
  database: { url: process.env['DATABASE_URL'] ?? '' },
  mailer: createSmtpMailer({ url: process.env['SMTP_URL'] ?? '', from: 'Acme <no-reply@acme.example>' }),
});
await auth.migrate();
await auth.start();

const server = new ApolloServer({ ...auth.apolloOptions, stopOnTerminationSignals: false });
await startStandaloneServer(server, {
  listen: { host: process.env['HOST'] ?? 'localhost', port: Number(process.env['PORT'] ?? 4001) },
  context: ({ req, res }) =>
    Promise.resolve(
      auth.context({
        headers: req.headers,
        ip: clientAddressOf(req),
        setCookie: (cookie) => res.setHeader('set-cookie', cookie),
      }),
    ),
});

/** The gateway appends the client's address to X-Forwarded-For. Anyone else could write anything there. */
function clientAddressOf({ headers, socket }: IncomingMessage): string | undefined {
  const forwarded = headers['x-forwarded-for'];
  if (forwarded === undefined || !auth.isFromRouter(headers)) return socket.remoteAddress;
  return String(forwarded).split(',').at(-1)?.trim();
}

// The standalone server only serves GraphQL. The endpoints for verifiers and probes are on a separate port.
const publications = toNodeHandler(auth.handlers.fetch);
const internal = createServer((request, response) => {
  publications(request, response, () => {
    void answerProbe(request.url).then((status) => response.writeHead(status).end());
  });
});
internal.listen(Number(process.env['INTERNAL_PORT'] ?? 4002), process.env['HOST'] ?? 'localhost');

async function answerProbe(path: string | undefined): Promise<number> {
  if (path === '/health/live') return auth.isLive() ? 200 : 503;
  if (path === '/health/ready') return (await auth.isReady()) ? 200 : 503;
  return 404;
}

async function stop(): Promise<void> {
  internal.close();
  await server.stop();
  await auth.close();
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
