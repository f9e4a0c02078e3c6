import { isScopeToken } from '@auth-subgraph/verifier/internal';
import { InvalidInputError } from '../../core/errors/errors.js';
import { requireOperator, type Operator } from '../../core/management/operator.js';
import { searchInTime, type SearchTimeDependencies } from '../../core/management/search-time.service.js';
import type { Clock } from '../../platform/clock.js';
import type { UserCount, UserFilter, UserListQuery, UserPage } from './user-list.js';
import type { UserListRepository, UserSelection } from './user-list.repository.js';
import { isInstant, readCursor, type UserPosition } from './user-position.js';
import { readSearch } from './user-search.js';

export interface UserListDependencies extends SearchTimeDependencies {
  readonly userListRepository: UserListRepository;
  readonly clock: Clock;
}

/** Lists users for operators. */
export class UserListService {
  constructor(private readonly deps: UserListDependencies) {}

  /**
   * Lists users. With a search, those whose address matches come first, then those whose last, first or display name does.
   * @param operator who asks; `undefined` for the command line
   * @throws UnauthenticatedError the operator's session has ended, or the access token is older than a change of roles
   * @throws InvalidInputError the search, role or cursor is invalid, or there are a search and an order
   * @throws SearchTooSlowError it took more than two seconds
   */
  async list(operator: Operator | undefined, query: UserListQuery): Promise<UserPage> {
    const { clock, userListRepository } = this.deps;
    const selection = selectionOf(query);
    const { operatorState, users } = await searchInTime(this.deps, () =>
      userListRepository.list(operator, selection, clock.now()),
    );
    if (operator) requireOperator(operatorState);
    return { users: users.slice(0, query.first), hasMore: users.length > query.first };
  }

  /**
   * Counts users, exactly up to 1,000. Null with a search.
   * @throws SearchTooSlowError it took more than two seconds
   */
  async count(filter: UserFilter): Promise<UserCount | null> {
    const { clock, userListRepository } = this.deps;
    if (filter.search !== undefined) return null;
    return searchInTime(this.deps, () => userListRepository.count(filter, clock.now()));
  }
}

function selectionOf({ filter, orderBy, first, after }: UserListQuery): UserSelection {
  if (filter.search !== undefined && orderBy !== undefined)
    throw new InvalidInputError('orderBy', 'Must be absent with a search, whose results have their own order.');
  if (filter.role !== undefined && !isScopeToken(filter.role)) throw new InvalidInputError('role', 'Is not a role.');
  const search =
    filter.search === undefined
      ? { lists: [orderBy ?? ('NEWEST_FIRST' as const)], text: '', name: '' }
      : readSearch(filter.search);
  return { ...search, filter, after: positionOf(after, search.lists), limit: first + 1 };
}

function positionOf(cursor: string | undefined, lists: readonly string[]): UserPosition | undefined {
  if (cursor === undefined) return undefined;
  const position = readCursor(cursor, lists);
  const isOrderedByTime = position?.list === 'NEWEST_FIRST' || position?.list === 'OLDEST_FIRST';
  if (!position || (isOrderedByTime && !isInstant(position.key)))
    throw new InvalidInputError('after', 'Is not a cursor of this list.');
  return position;
}
