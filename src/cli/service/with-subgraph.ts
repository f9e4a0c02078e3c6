import type { Logger } from 'pino';
import type { ServiceSettings } from '../../config/service-settings.js';
import type { AuthSubgraph } from '../../subgraph.js';
import { hasEmbeddedDatabase } from './embedded-database.js';
import { databaseFolderOf, openService } from './open-service.js';
import { ConfigError } from '../../platform/options/config-error.js';

/**
 * Runs one task of an operator on the database of the service, then closes it.
 * @throws ConfigError there is no such database
 */
export async function withSubgraph<Result>(
  settings: ServiceSettings,
  logger: Logger,
  work: (auth: AuthSubgraph) => Promise<Result>,
  schema?: 'migrate' | 'leave',
): Promise<Result> {
  // Otherwise an operator who forgot DATABASE_URL would work on a new, empty database.
  if (settings.database.url === undefined && !(await hasEmbeddedDatabase(databaseFolderOf(settings))))
    throw new ConfigError([
      { path: 'database.url', problem: 'is missing, and DATA_DIR contains no database; set one of them' },
    ]);
  const service = await openService(settings, logger, { schema });
  try {
    return await work(service.auth);
  } finally {
    await service.close();
  }
}
