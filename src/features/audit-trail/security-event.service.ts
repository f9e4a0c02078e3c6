import { UnauthenticatedError } from '@auth-subgraph/verifier';
import { InvalidInputError } from '../../core/errors/errors.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import { findForEach } from '../../core/users/find-for-each.js';
import type { Clock } from '../../platform/clock.js';
import { isUuid } from '../../platform/random.js';
import type { SecurityEventPage } from './security-event.js';
import type { SecurityEventRepository } from './security-event.repository.js';

export interface SecurityEventPosition {
  readonly first: number;
  /** The id of the event that the page follows. */
  readonly after: string | undefined;
  /** Only events with these names. */
  readonly names: readonly string[] | undefined;
}

/** Reads the audit trail. */
export class SecurityEventService {
  constructor(
    private readonly securityEventRepository: SecurityEventRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Lists what happened to an account, newest first.
   * @param viewer whose session must be live; `undefined` skips the check
   * @throws UnauthenticatedError the viewer's session has ended
   * @throws InvalidInputError `after` is not an id
   */
  async list(
    userId: string,
    { first, after, names }: SecurityEventPosition,
    viewer?: SessionOwner,
  ): Promise<SecurityEventPage> {
    requireId(after);
    if (!isUuid(userId)) return { events: [], hasMore: false };
    const query = { userId, before: after, names, limit: first + 1 };
    const events = await this.securityEventRepository.list(query, viewer, this.clock.now());
    if (!events) throw new UnauthenticatedError('SESSION_ENDED');
    return { events: events.slice(0, first), hasMore: events.length > first };
  }

  /**
   * Lists what happened to each of these accounts, newest first, in the order of the ids. For operators.
   * @throws InvalidInputError `after` is not an id
   */
  async listForEach(
    userIds: readonly string[],
    { first, after, names }: SecurityEventPosition,
  ): Promise<SecurityEventPage[]> {
    requireId(after);
    const query = { before: after, names, limit: first + 1 };
    const found = await findForEach(userIds, (ids) => this.securityEventRepository.listForEach(ids, query), []);
    return found.map((events) => ({ events: events.slice(0, first), hasMore: events.length > first }));
  }
}

function requireId(after: string | undefined): void {
  if (after !== undefined && !isUuid(after)) throw new InvalidInputError('after', 'Must be the id of an event.');
}
