import { randomBytes } from 'node:crypto';
import { AccessTokenService } from '../../src/core/access-tokens/access-token.service.js';
import { systemClock } from '../../src/platform/clock.js';
import { hmacSigningKeys } from '../../packages/verifier/src/tokens/signing-keys.js';
import { startMailSink } from '../bench/service/mail-sink.js';
import { startProgram, type Program } from '../bench/service/program.js';
import { BCRYPT_COST } from '../bench/service/service.js';
import type { Grown } from './databases.js';
import type { Person } from './people.js';

const SECRET = randomBytes(48).toString('base64');
const LIFETIME_SECONDS = 4 * 60 * 60;

const tokens = new AccessTokenService(
  { issuer: 'auth-subgraph', audience: 'supergraph', lifetimeSeconds: LIFETIME_SECONDS },
  hmacSigningKeys(SECRET),
);

let mailSink: Promise<string> | undefined;

/** Starts the built service in production mode on a database. The cleanup stops it. */
export async function startService(
  { url }: Grown,
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Program> {
  return startProgram(['dist/cli/main.js', 'serve'], {
    NODE_ENV: 'production',
    PORT: '0',
    LOG_LEVEL: 'warn',
    DATA_DIR: folder,
    DATABASE_URL: url,
    SMTP_URL: await (mailSink ??= startMailSink()),
    MAIL_PRODUCT_NAME: 'the measurement',
    JWT_SECRET: SECRET,
    PASSWORD_SALT_ROUNDS: String(BCRYPT_COST),
    ROUTER_ALLOW_DIRECT_ACCESS: 'true',
    // No request is waiting when the service is stopped.
    DRAIN_SECONDS: '0',
    ...settings,
  });
}

/** Stops a service and waits until it has closed its connections, with which PostgreSQL publishes their statistics. */
export async function stopService({ pid }: Program, { client }: Grown): Promise<void> {
  process.kill(pid, 'SIGTERM');
  const others = `select from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`;
  while ((await client.query(others)).rowCount !== 0) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** A new access token of a session. */
export function accessTokenOf({ userId, sessionId }: Person): string {
  const tokenId = randomBytes(16).toString('base64url');
  return tokens.sign({ userId, sessionId, tokenId, issuedAt: systemClock.now() }).token;
}
