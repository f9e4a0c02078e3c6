import { resolve } from 'node:path';
import { silentLogger, type Logger } from './logger.js';
import { DATABASE_NAME, DATABASE_USER, ensureCluster } from './cluster.js';
import { chooseDatabasePlace, type DatabasePlace } from './database-place.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { lockFolder } from './folder-lock.js';
import { findPackagedBinaries, runnableBinaries, type PackagedBinaries } from './postgres-binaries.js';
import { clearAbandonedServer } from './postgres-pidfile.js';
import { startServer, type PostgresServer } from './postgres-server.js';
import { ServerSupervisor } from './server-supervisor.js';
import { isSystemError } from './error-code.js';

export { hasDatabase } from './database-place.js';
export { EmbeddedPostgresError, FolderInUseError } from './embedded-postgres.error.js';
export type { Logger } from './logger.js';

export interface EmbeddedPostgresOptions {
  /**
   * The folder for the data, created if it does not exist. A relative path is resolved against the working directory.
   * Only one process at a time can use a folder.
   */
  readonly folder: string;
  /**
   * Extra flags for the server, such as `['-c', 'shared_preload_libraries=pg_stat_statements']`.
   * @default []
   */
  readonly flags?: readonly string[];
  /**
   * Logs starts, restarts and the output of the server; a pino instance works.
   * @default nothing is logged
   */
  readonly logger?: Logger;
}

/** A running PostgreSQL server that belongs to this process. */
export interface EmbeddedPostgres {
  /** The connection URL. It contains the password, so treat it as a secret. */
  readonly url: string;
  /** The folder that contains the data. Differs from the requested folder if PostgreSQL's user cannot enter that. */
  readonly folder: string;
  /** The process id of the server. Changes when the server is restarted. */
  readonly pid: number;
  /** Resolves if the server has stopped unexpectedly too often and is not restarted. Never rejects. */
  readonly failure: Promise<EmbeddedPostgresError>;
  /** Shuts the server down and releases the folder. Can be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server on a free port of 127.0.0.1. The first start creates the database. A server that
 * stops unexpectedly is restarted on the same port. The server ends with this process, however the process ends. Ctrl-C
 * alone does not stop it, so your shutdown code can still use the database and calls `stop()` last.
 *
 * @example
 * const postgres = await startEmbeddedPostgres({ folder: '.data/postgres' });
 * const client = new pg.Client({ connectionString: postgres.url });
 * // …
 * await postgres.stop();
 *
 * @throws EmbeddedPostgresError the server cannot run on this machine; the message says why and how to fix it
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { logger = silentLogger, flags = [] } = options;
  const wanted = resolve(options.folder);
  try {
    const packaged = await findPackagedBinaries();
    const place = await chooseDatabasePlace(wanted, logger);
    const unlock = await lockFolder(place.folder);
    try {
      return await startLocked(packaged, place, { flags, logger }, unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new EmbeddedPostgresError(
      `The database in ${wanted} could not be opened (${error.message}). Make the folder writable for the user ` +
        'that runs this process, or use another folder.',
      { cause: error },
    );
  }
}

async function startLocked(
  packaged: PackagedBinaries,
  place: DatabasePlace,
  { flags, logger }: Required<Pick<EmbeddedPostgresOptions, 'flags' | 'logger'>>,
  unlock: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const { folder } = place;
  const binaries = await runnableBinaries(packaged, place, logger);
  const abandoned = await clearAbandonedServer(place, binaries);
  if (abandoned !== undefined) {
    logger.warn({ pid: abandoned, folder }, 'Stopped the PostgreSQL server that a killed process left behind');
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
    // The server has no certificate. Without the parameter, drivers follow PGSSLMODE, which is meant for another server.
    url: `postgresql://${DATABASE_USER}:${password}@127.0.0.1:${String(port)}/${DATABASE_NAME}?sslmode=disable`,
    folder,
    get pid() {
      return supervisor.pid;
    },
    failure: supervisor.failure,
    stop: () => (stopped ??= supervisor.stop().then(unlock)),
  };
}
