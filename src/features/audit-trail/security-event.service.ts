import { UnauthenticatedError } from '@auth-subgraph/verifier';
import type { SessionOwner } from '../../core/sessions/session.js';
import type { Clock } from '../../platform/clock.js';
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
   */
  async list(
    userId: string,
    { first, after, names }: SecurityEventPosition,
    viewer?: SessionOwner,
  ): Promise<SecurityEventPage> {
    const query = { userId, before: after, names, limit: first + 1 };
    const events = await this.securityEventRepository.list(query, viewer, this.clock.now());
    if (!events) throw new UnauthenticatedError('SESSION_ENDED');
    return { events: events.slice(0, first), hasMore: events.length > first };
  }

  /** Lists what happened to each of these accounts, newest first, in the order of the ids. For operators. */
  async listForEach(
    userIds: readonly string[],
    { first, after, names }: SecurityEventPosition,
  ): Promise<SecurityEventPage[]> {
    const query = { before: after, names, limit: first + 1 };
    const found = await this.securityEventRepository.listForEach(userIds, query);
    return userIds.map((id) => {
      const events = found.get(id) ?? [];
      return { events: events.slice(0, first), hasMore: events.length > first };
    });
  }
}
