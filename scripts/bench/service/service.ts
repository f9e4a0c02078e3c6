import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../cluster.js';
import { startProgram } from './program.js';
import type { Server } from './server.js';

export const BCRYPT_COST = 10;
export const POOL_SIZE = 10;

/** A build of this repository, of any revision. */
export interface Build {
  /** Such as `this build`. */
  readonly name: string;
  readonly folder: string;
}

export interface Deployment {
  readonly name: string;
  readonly program: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** How to start a build as the service that is measured. */
export async function deploymentOf(
  build: Build,
  database: Database,
  smtpUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Deployment> {
  const manifest = await readFile(join(build.folder, 'package.json'), 'utf8');
  const { bin, scripts } = JSON.parse(manifest) as Record<'bin' | 'scripts', Record<string, string>>;
  return {
    name: build.name,
    program: [...nodeFlagsIn(scripts['start'] ?? ''), join(build.folder, bin['auth-subgraph'] ?? '')],
    environment: {
      PORT: '0',
      LOG_LEVEL: 'warn',
      DATA_DIR: join(tmpdir(), 'auth-subgraph-bench-unused'),
      DRAIN_SECONDS: '0',
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: String(POOL_SIZE),
      SMTP_URL: smtpUrl,
      MAIL_PRODUCT_NAME: 'the benchmark',
      JWT_SECRET: randomBytes(48).toString('base64'),
      PASSWORD_SALT_ROUNDS: String(BCRYPT_COST),
      ROUTER_ALLOW_DIRECT_ACCESS: 'true',
      // All clients of the benchmark share one address, and many of their sign-ins run at once.
      EMAIL_LIMIT_MAX_PER_ORIGIN_PER_HOUR: '0',
      LOCKOUT_ENABLED: 'false',
      // Counted as usual, but never reached.
      RATE_LIMITS_LOGIN: 'origin 999999999/1m, pair 999999999/5m, account 999999999/15m',
      RATE_LIMITS_REGISTER: 'origin 999999999/1m, pair 999999999/10m',
      RATE_LIMITS_REFRESH: 'origin 999999999/1m',
      ...settings,
    },
  };
}

/** The flags of Node.js with which `npm start` starts the service. */
function nodeFlagsIn(script: string): string[] {
  return /\bnode ((?:--\S+ )*)/.exec(script)?.[1]?.split(' ').filter(Boolean) ?? [];
}

/** Starts one or more processes of the service on one database. */
export async function startService(deployment: Deployment, database: Database, processes = 1): Promise<Server> {
  const { name, program, environment } = deployment;
  const started = [];
  for (let n = 0; n < processes; n += 1) started.push(await startProgram([...program, 'serve'], environment));
  return {
    name,
    urls: started.map(({ url }) => url),
    pids: started.map(({ pid }) => pid),
    database: { ...database, poolerPids: [] },
  };
}
