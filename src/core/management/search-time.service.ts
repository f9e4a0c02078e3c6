import { QUERY_CANCELED } from '../../platform/database/database-failure.js';
import { hasCode } from '../../platform/database/error-code.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { SearchTimeRepository } from './search-time.repository.js';
import { SearchTooSlowError } from './search-too-slow.error.js';

/** How long a statement may take: a filter that few rows meet can read many. */
const MAX_MS = 2_000;

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
