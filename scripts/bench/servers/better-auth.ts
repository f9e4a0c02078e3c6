import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import bcrypt from 'bcrypt';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import pg from 'pg';

/**
 * better-auth as its documentation sets it up, with the same hash, the same number of connections and no rate limit. Its
 * handler for node:http is at least as fast as its integration with Fastify. The cookie cache is off, as it is by default:
 * like the service, it looks up the session in the database every time.
 */
const { DATABASE_URL, BETTER_AUTH_SECRET, BCRYPT_COST, POOL_SIZE, PORT } = process.env;
const auth = betterAuth({
  database: new pg.Pool({ connectionString: DATABASE_URL, max: Number(POOL_SIZE) }),
  baseURL: 'http://127.0.0.1',
  ...(BETTER_AUTH_SECRET !== undefined && { secret: BETTER_AUTH_SECRET }),
  emailAndPassword: {
    enabled: true,
    password: {
      hash: (password) => bcrypt.hash(password, Number(BCRYPT_COST)),
      verify: ({ hash, password }) => bcrypt.compare(password, hash),
    },
  },
  session: { cookieCache: { enabled: false } },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
});
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();

const handle = toNodeHandler(auth);
const server = createServer((request, response) => void handle(request, response));
server.listen(Number(PORT ?? 0), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});
process.on('SIGTERM', () => {
  process.exit();
});
