import { resolve } from 'node:path';
import type { EmbeddedPostgres } from '@auth-subgraph/embedded-postgres';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { AuthOptions } from '../../config/auth-options.js';
import { resolveConfig } from '../../config/config.js';
import { optionSections } from '../../config/options.js';
import type { ServiceSettings } from '../../config/service-settings.js';
import { prepareEmails } from '../../core/composition/background.js';
import { buildSchemas } from '../../core/composition/schemas.js';
import { createFileMailer } from '../../core/email/file-mailer.js';
import type { Mailer } from '../../core/email/mailer.js';
import { createSmtpMailer } from '../../core/email/smtp.js';
import { systemRandom } from '../../platform/random.js';
import { FEATURES } from '../../features.js';
import { createAuthSubgraph, type AuthSubgraph } from '../../subgraph.js';
import { PAGES_FOLDER } from '../pages-folder.js';
import { parseKeys } from '../keys/key-ring-file.js';
import { developmentSecret } from './development-secret.js';
import { addressOfEmbedded, startEmbeddedDatabase } from './embedded-database.js';
import { readKeysFile } from './keys-file.js';
import { ConfigError } from '../../platform/options/config-error.js';

/** Development generates these itself. */
const PLACEHOLDER_SECRET = 'generated when the service starts';
const PLACEHOLDER_DATABASE = 'postgres://localhost/generated';

/** The subgraph and its database. */
export interface OpenService {
  readonly auth: AuthSubgraph;
  /** `undefined` if DATABASE_URL is set. */
  readonly postgres: EmbeddedPostgres | undefined;
  /** Closes the subgraph, then stops the embedded database. */
  close(): Promise<void>;
}

export interface Opening {
  /** Called with each email that is written to a file. */
  readonly announceEmail?: ((line: string) => void) | undefined;
  /** Where metrics are added; undefined to measure nothing. */
  readonly metrics?: Registry | undefined;
  /** Whether an outdated schema is updated, as the settings say, or left alone. */
  readonly schema?: 'migrate' | 'leave' | undefined;
}

/**
 * Opens the subgraph with these settings, on an up-to-date database schema.
 * @throws ConfigError the settings are unusable, or the schema is outdated and automatic migration is off
 * @throws DatabaseSetupError the database is unusable, or the embedded one cannot run on this machine
 */
export async function openService(
  settings: ServiceSettings,
  logger: Logger,
  { announceEmail = () => undefined, metrics, schema = 'migrate' }: Opening = {},
): Promise<OpenService> {
  const dataFolder = resolve(settings.dataDir);
  const jwt = await jwtOptionsOf(settings, dataFolder);
  const postgres =
    settings.database.url === undefined ? await startEmbeddedDatabase(databaseFolderOf(settings), logger) : undefined;
  const close = async (auth?: AuthSubgraph): Promise<void> => {
    try {
      await auth?.close();
    } finally {
      await postgres?.stop();
    }
  };
  try {
    if (settings.router.secret?.includes(','))
      logger.info({}, 'ROUTER_SECRET contains two secrets, separated by a comma; requests may carry either one');
    const url = settings.database.url ?? (postgres ? addressOfEmbedded(postgres) : '');
    const mailer = mailerOf(settings, announceEmail);
    const auth = await createAuthSubgraph({
      ...optionsOf(settings, jwt, url),
      logger,
      mailer,
      ...(metrics && { metrics }),
    });
    if (schema === 'migrate') await prepareSchema(auth, settings);
    return { auth, postgres, close: () => close(auth) };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Checks settings as a start of the service does, without a database.
 * @throws ConfigError the settings are unusable
 * @throws EmailSetupError a template is invalid
 */
export async function checkSettings(settings: ServiceSettings): Promise<void> {
  const { keys, keysFile, secret, ...options } = settings.jwt;
  const held = keysFile !== undefined ? await readKeysFile(keysFile) : keys === undefined ? undefined : parseKeys(keys);
  const jwt = held ? { ...options, keys: [...held] } : { ...options, secret: secret ?? PLACEHOLDER_SECRET };
  const config = resolveConfig(optionsOf(settings, jwt, settings.database.url ?? PLACEHOLDER_DATABASE), FEATURES);
  buildSchemas(FEATURES, new Map(), config);
  prepareEmails(config, { mailer: mailerOf(settings, () => undefined) }, FEATURES);
  const { findShownPages } = await import('./pages/page-bundle.js');
  await findShownPages(settings, PAGES_FOLDER);
}

async function prepareSchema(auth: AuthSubgraph, { migrateOnStart }: ServiceSettings): Promise<void> {
  if (migrateOnStart) return auth.migrate();
  if (!(await auth.hasPendingMigrations())) return;
  const problem = 'is false, but the database schema is not up to date; run `auth-subgraph migrate`';
  throw new ConfigError([{ path: 'migrateOnStart', problem }]);
}

/** Uses the keys if there are any; otherwise the secret, which is generated in development. */
async function jwtOptionsOf({ database, jwt }: ServiceSettings, dataFolder: string): Promise<AuthOptions['jwt']> {
  const { keys, keysFile, ...options } = jwt;
  if (keysFile !== undefined) return { ...options, keys: [...(await readKeysFile(keysFile))] };
  if (keys !== undefined) return { ...options, keys: parseKeys(keys) };
  const hasDatabase = database.url === undefined;
  return { ...options, secret: options.secret ?? (await developmentSecret(dataFolder, systemRandom, hasDatabase)) };
}

function optionsOf(settings: ServiceSettings, jwt: AuthOptions['jwt'], url: string): AuthOptions {
  const sections = Object.entries(settings).filter(([name]) => Object.hasOwn(optionSections, name));
  return { ...(Object.fromEntries(sections) as unknown as AuthOptions), jwt, database: { ...settings.database, url } };
}

/** The folder of the embedded database. */
export function databaseFolderOf({ dataDir }: Pick<ServiceSettings, 'dataDir'>): string {
  return resolve(dataDir, 'postgres');
}

/** The folder that emails are written to, or `undefined` if a mail server sends them. */
export function mailFolderOf({ dataDir, smtpUrl }: Pick<ServiceSettings, 'dataDir' | 'smtpUrl'>): string | undefined {
  return smtpUrl === undefined ? resolve(dataDir, 'mail') : undefined;
}

function mailerOf({ dataDir, mail: { from }, smtpUrl }: ServiceSettings, announce: (line: string) => void): Mailer {
  if (smtpUrl !== undefined) return createSmtpMailer({ url: smtpUrl, from });
  return createFileMailer({ folder: resolve(dataDir, 'mail'), from, announce });
}
