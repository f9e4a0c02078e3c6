import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { insertEvents } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import type { User } from '../../core/users/user.js';
import { toUser, USER_COLUMNS, type UserRow } from '../../core/users/user.row.js';
import { addSeconds, startOfNextSecond } from '../../platform/clock.js';

/** Verifiers accept tokens issued up to a minute in the future, so a series of changes must stay within that. */
const MAX_SECONDS_AHEAD = 30;

/** Changes roles. */
export class RoleRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Sets the roles, and stores the events if they have changed. Returns `undefined` if the user does not exist. Access
   * tokens have times in whole seconds, so the tokens of this second become stale too, and a further change within the same
   * second adds one.
   */
  async setRoles(
    userId: string,
    roles: readonly string[],
    now: Date,
    events: readonly RecordedEvent[],
  ): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      with changed as (
        update auth_user as u set roles = ${roles}::text[], tokens_not_before = least(
          greatest(${startOfNextSecond(now)}::timestamptz, u.tokens_not_before + interval '1 second'),
          ${addSeconds(now, MAX_SECONDS_AHEAD)}::timestamptz)
        where u.id = ${userId} and u.roles is distinct from ${roles}::text[] returning *
      ), event as (${insertEvents(events, sql`exists (select from changed)`)})
      select ${USER_COLUMNS} from changed u
      union all
      select ${USER_COLUMNS} from auth_user u where u.id = ${userId} and not exists (select from changed)`.execute(
      this.em.getKysely(),
    );
    return rows[0] && toUser(rows[0]);
  }
}
