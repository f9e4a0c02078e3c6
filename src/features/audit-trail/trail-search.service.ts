import { InvalidInputError } from '../../core/errors/errors.js';
import type { EventClasses } from '../../core/events/domain-event.js';
import { requireOperator, type Operator } from '../../core/management/operator.js';
import { searchInTime, type SearchTimeDependencies } from '../../core/management/search-time.service.js';
import { findNamedUser } from '../../core/users/named-user.js';
import type { UserRepository } from '../../core/users/user.repository.js';
import type { Clock } from '../../platform/clock.js';
import { readRequestOrigin } from '../../platform/http/request-origin.js';
import { isUuid } from '../../platform/random.js';
import { toSearch, type TrailFilter, type TrailLine } from './trail-search.js';
import type { TrailSearchRepository } from './trail-search.repository.js';

/** A page of the audit trail, newest first. */
export interface TrailPage {
  readonly events: readonly TrailLine[];
  readonly hasMore: boolean;
}

export interface TrailPosition {
  readonly first: number;
  /** The id of the event that the page follows. */
  readonly after?: string | undefined;
}

export interface TrailSearchDependencies extends SearchTimeDependencies {
  readonly trailSearchRepository: TrailSearchRepository;
  readonly userRepository: UserRepository;
  readonly eventClasses: EventClasses;
  readonly clock: Clock;
}

/** Searches the audit trail, for operators. */
export class TrailSearchService {
  constructor(private readonly deps: TrailSearchDependencies) {}

  /** The names of the events that this release writes to the trail, in alphabetical order. */
  get eventNames(): readonly string[] {
    const written = Object.entries(this.deps.eventClasses).filter(([, { trail }]) => trail !== false);
    return written.map(([name]) => name).sort();
  }

  /**
   * Returns the newest events that match. Names without a user, an actor or an address look back 31 days at most.
   * @param operator whose session must be live; `undefined` skips the check
   * @throws UnauthenticatedError the operator's session has ended, or the access token is older than a change of roles
   * @throws InvalidInputError an id is not a UUID, or the address is not an IP address
   * @throws SearchTooSlowError it took more than two seconds
   */
  async search(filter: TrailFilter, { first, after }: TrailPosition, operator?: Operator): Promise<TrailPage> {
    const { clock, trailSearchRepository } = this.deps;
    const now = clock.now();
    const search = toSearch(checked(filter), { after, limit: first + 1 }, now);
    if (!operator && filter.names?.length === 0) return { events: [], hasMore: false };
    const { lines, operatorState } = await searchInTime(this.deps, () =>
      trailSearchRepository.search(search, operator, now),
    );
    requireOperator(operatorState);
    return { events: lines.slice(0, first), hasMore: lines.length > first };
  }

  /**
   * Returns the id of a user whom an operator names by address or id. An id may be that of an erased user.
   * @throws InvalidInputError no account has the address
   */
  async userIdOf(name: string): Promise<string> {
    if (isUuid(name)) return name;
    return (await findNamedUser(this.deps.userRepository, name)).id;
  }
}

/** Addresses are compared in the form in which they are stored. */
function checked(filter: TrailFilter): TrailFilter {
  const { actorId, ipAddress: given, userId } = filter;
  for (const [field, id] of Object.entries({ userId, actorId }))
    if (id !== undefined && !isUuid(id)) throw new InvalidInputError(field, 'Must be the id of a user or program.');
  const { ipAddress } = readRequestOrigin(given, undefined);
  if (given !== undefined && ipAddress === null) throw new InvalidInputError('ipAddress', 'Must be an IP address.');
  return { ...filter, ipAddress: ipAddress ?? undefined };
}
