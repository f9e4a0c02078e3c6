import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import type { Logger as PinoLogger } from 'pino';
import { checkKeys } from '../../config/config.js';
import { inVariableNames } from '../../config/env.js';
import { developmentSecret } from './development-secret.js';
import { startEmbeddedDatabase, withSettings } from './embedded-database.js';
import type { ServiceSettings } from '../../config/service-settings.js';
import { optionSections, type AuthOptions } from '../../config/options.js';
import { parseKeys, readKeys, watchKeys } from '../keys/key-ring-file.js';
import type { KeySource } from '@auth-subgraph/verifier';
import { framesOf } from '../../platform/logger.js';
import { systemRandom } from '../../platform/random.js';
import type { EmbeddedPostgres } from '@auth-subgraph/embedded-postgres';
import { Draining } from '../../platform/http/draining.js';
import { addressOf, listen } from './listening.js';
import { createServer } from './server.js';
import { createAuthSubgraph, type AuthSubgraph } from '../../subgraph.js';
import { createFileMailer } from '../../core/email/file-mailer.js';
import type { Mailer } from '../../core/email/mailer.js';
import { createSmtpMailer } from '../../core/email/smtp.js';
import { welcome } from './welcome.js';
import { ConfigError } from '../../platform/options/config-error.js';

/** Longer than the HTTP server, the jobs and the database take together at the worst, once draining is over. */
const SHUTDOWN_MS = 25_000;
/** Load balancers that watch the readiness check stop sending within this time. */
const PRODUCTION_DRAIN_SECONDS = 5;

interface Backing {
  readonly auth: AuthSubgraph;
  readonly postgres: EmbeddedPostgres | undefined;
  close(): Promise<void>;
}

/**
 * Runs the service until it is told to stop; then finishes what is under way, and stops the embedded database last.
 * @throws DatabaseSetupError the embedded database cannot start, or ended for good
 */
export async function serve(settings: ServiceSettings, logger: PinoLogger): Promise<void> {
  const host = await addressOf(settings.host);
  const backing = await open(settings, logger);
  const draining = new Draining();
  const app = await createServer(backing.auth, { trustedHops: settings.trustedHops, logger, draining });
  const unfollow = followKeys(backing.auth, settings.jwt.keysFile, logger);
  const close = async (): Promise<void> => {
    unfollow();
    try {
      await app.close();
    } finally {
      await backing.close();
    }
  };
  const graceSeconds = drainSecondsOf(settings);
  closeWithGrace({ logger, delay: graceSeconds * 1000 + SHUTDOWN_MS }, async ({ err, signal }) => {
    if (err) logger.error({ error: err.name, frames: framesOf(err) }, 'stopping after an error');
    else logger.info({ signal }, 'stopping');
    if (!err && app.server.listening) await draining.begin(graceSeconds);
    await close();
  });
  try {
    await backing.auth.start();
    const address = await listen(app, host, settings);
    console.log(welcome(address, backing.postgres?.folder));
  } catch (error) {
    await close();
    throw error;
  }
  if (backing.postgres === undefined) return;
  const failure = await backing.postgres.failure;
  await Promise.race([close(), delay(SHUTDOWN_MS)]);
  throw withSettings(failure);
}

/** In development, Ctrl-C should be quick. */
function drainSecondsOf({ drainSeconds, environment }: ServiceSettings): number {
  return drainSeconds ?? (environment === 'production' ? PRODUCTION_DRAIN_SECONDS : 0);
}

/** Brings the schema up to date, and ends. */
export async function migrateOnce(settings: ServiceSettings, logger: PinoLogger): Promise<void> {
  const backing = await open({ ...settings, migrateOnStart: true }, logger);
  logger.info({}, 'the database schema is up to date');
  await backing.close();
}

/** Does one thing for an operator on the service's database, and ends. */
export async function operate<Result>(
  settings: ServiceSettings,
  logger: PinoLogger,
  work: (auth: AuthSubgraph) => Promise<Result>,
): Promise<Result> {
  if (settings.database.url === undefined && !existsSync(settings.dataDir))
    throw new ConfigError([
      { path: 'database.url', problem: 'is missing, and there is no data in DATA_DIR; set one of them' },
    ]);
  const backing = await open(settings, logger);
  try {
    return await work(backing.auth);
  } finally {
    await backing.close();
  }
}

async function open(settings: ServiceSettings, logger: PinoLogger): Promise<Backing> {
  const dataFolder = resolve(settings.dataDir);
  const jwt = await jwtOptionsOf(settings, dataFolder);
  const postgres =
    settings.database.url === undefined
      ? await startEmbeddedDatabase(resolve(dataFolder, 'postgres'), logger)
      : undefined;
  const close = async (auth?: AuthSubgraph): Promise<void> => {
    try {
      await auth?.close();
    } finally {
      await postgres?.stop();
    }
  };
  try {
    const url = settings.database.url ?? postgres?.url ?? '';
    if (settings.router.secret?.includes(','))
      logger.info({}, 'ROUTER_SECRET holds two secrets with a comma between them; requests may carry either');
    const auth = await createAuthSubgraph({
      ...optionsOf(settings, jwt, url),
      logger,
      mailer: mailerOf(settings, dataFolder),
    });
    if (settings.migrateOnStart) await auth.migrate();
    else if (await auth.hasPendingMigrations())
      throw new ConfigError([
        {
          path: 'migrateOnStart',
          problem: 'is false, but the database schema is not up to date; run `auth-subgraph migrate`',
        },
      ]);
    return { auth, postgres, close: () => close(auth) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Keys where there are any, or else a secret, which development makes up. */
async function jwtOptionsOf({ jwt }: ServiceSettings, dataFolder: string): Promise<AuthOptions['jwt']> {
  const { keys, keysFile, ...options } = jwt;
  if (keysFile !== undefined) return { ...options, keys: [...(await readKeysFile(keysFile))] };
  if (keys !== undefined) return { ...options, keys: parseKeys(keys) };
  return { ...options, secret: options.secret ?? (await developmentSecret(dataFolder, systemRandom)) };
}

/** @throws ConfigError the file cannot be read, or what is in it cannot be used */
async function readKeysFile(file: string): Promise<readonly KeySource[]> {
  try {
    return checkKeys(await readKeys(file), 'jwt.keysFile');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code, name } = error as NodeJS.ErrnoException;
    const fix = 'make it with `auth-subgraph keys generate`, or write the path of another';
    throw new ConfigError([{ path: 'jwt.keysFile', problem: `cannot be read (${code ?? name}); ${fix}` }]);
  }
}

/** Has a running subgraph follow its file of keys. A file that cannot be used changes nothing. */
function followKeys(auth: AuthSubgraph, file: string | undefined, logger: PinoLogger): () => void {
  if (file === undefined) return () => undefined;
  const follow = async (): Promise<void> => {
    try {
      auth.useKeys(await readKeysFile(file));
      logger.info({ kids: auth.publicKeys.map(({ kid }) => kid) }, 'the keys have been read');
    } catch (error) {
      const problem = inVariableNames(error as ConfigError).message;
      logger.error({ problem }, 'the keys cannot be read; the present ones stay');
    }
  };
  const unwatch = watchKeys(file, () => void follow());
  // They may have changed since they were read for the start.
  void follow();
  return unwatch;
}

function optionsOf(settings: ServiceSettings, jwt: AuthOptions['jwt'], url: string): AuthOptions {
  const sections = Object.entries(settings).filter(([name]) => Object.hasOwn(optionSections, name));
  return { ...(Object.fromEntries(sections) as AuthOptions), jwt, database: { ...settings.database, url } };
}

function mailerOf({ mail, smtpUrl }: ServiceSettings, dataFolder: string): Mailer {
  if (smtpUrl !== undefined) return createSmtpMailer({ url: smtpUrl, from: mail.from });
  return createFileMailer({ folder: resolve(dataFolder, 'mail'), from: mail.from, announce: console.log });
}
