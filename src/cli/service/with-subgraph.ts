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
  await requireDatabase(settings);
  const service = await openService(settings, logger, { schema });
  try {
    return await work(service.auth);
  } finally {
    await service.close();
  }
}

/**
 * Requires the database of the service: an operator who forgot DATABASE_URL would otherwise work on a new, empty one.
 * @throws ConfigError there is no such database
 */
export async function requireDatabase(settings: ServiceSettings): Promise<void> {
  if (settings.database.url !== undefined || (await hasEmbeddedDatabase(databaseFolderOf(settings)))) return;
  const problem = 'is missing, and DATA_DIR contains no database; set one of them';
  throw new ConfigError([{ path: 'database.url', problem }]);
}
