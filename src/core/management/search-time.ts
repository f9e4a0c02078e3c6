import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { QUERY_CANCELED } from '../../platform/database/database-failure.js';
import { hasCode } from '../../platform/database/error-code.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { InvalidInputError } from '../errors/errors.js';

/** How long a statement may take: a filter that few rows meet can read many. */
const MAX_MS = 2_000;

/** A search took too long. */
export class SearchTooSlowError extends InvalidInputError {
  constructor() {
    super('search', 'Takes too long. Narrow the search.');
  }
}

/** Sets the time limit of searches. */
export class SearchTimeRepository {
  constructor(private readonly em: EntityManager) {}

  /** Limits the time of each statement of the current transaction. */
  async limitTime(milliseconds: number): Promise<void> {
    await sql`select set_config('statement_timeout', ${String(milliseconds)}, true)`.execute(this.em.getKysely());
  }
}

export interface SearchTimeDependencies {
  readonly searchTimeRepository: SearchTimeRepository;
  readonly unitOfWork: UnitOfWork;
}

/**
 * Runs a search whose statements take at most two seconds each. They begin with `TIME_LIMITED`.
 * @throws SearchTooSlowError a statement took longer
 */
export async function searchInTime<T>(
  { searchTimeRepository, unitOfWork }: SearchTimeDependencies,
  search: () => Promise<T>,
): Promise<T> {
  try {
    return await unitOfWork.transaction(async () => {
      await searchTimeRepository.limitTime(MAX_MS);
      return search();
    });
  } catch (error) {
    throw hasCode(error, QUERY_CANCELED) ? new SearchTooSlowError() : error;
  }
}
