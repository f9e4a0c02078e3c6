import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { insertEvents, insertEventsFrom } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import type { User } from '../../core/users/user.js';
import { toUser, USER_COLUMNS, type UserRow } from '../../core/users/user.row.js';
import { staleUntilNow } from '../../core/users/stale-tokens.row.js';

/** Roles to add and to remove; a role in both lists is removed. */
export interface RoleChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

export interface RoleLimits {
  readonly count: number;
  /** Of all roles together, with a space between two. */
  readonly length: number;
}

/** Changes roles. */
export class RoleRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Sets the roles, and stores the events if they have changed. Returns `undefined` if the user does not exist.
   */
  async setRoles(
    userId: string,
    roles: readonly string[],
    now: Date,
    events: readonly RecordedEvent[],
  ): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      with changed as (
        update auth_user as u set roles = ${roles}::text[], tokens_not_before = ${staleUntilNow(now)}
        where u.id = ${userId} and u.roles is distinct from ${roles}::text[] returning *
      ), event as (${insertEvents(events, sql`exists (select from changed)`)})
      select ${USER_COLUMNS} from changed u
      union all
      select ${USER_COLUMNS} from auth_user u where u.id = ${userId} and not exists (select from changed)`.execute(
      this.em.getKysely(),
    );
    return rows[0] && toUser(rows[0]);
  }

  /**
   * Adds and removes roles, and stores the event if they have changed. Concurrent changes do not overwrite each other.
   * Returns `undefined` if the user does not exist, and `tooMany` if the result would exceed a limit.
   */
  async changeRoles(
    userId: string,
    { add, remove }: RoleChange,
    { count, length }: RoleLimits,
    now: Date,
    event: RecordedEvent,
  ): Promise<readonly string[] | 'tooMany' | undefined> {
    const next = sql`array(select role from unnest(u.roles || ${add}::text[]) with ordinality as x (role, place)
      where role <> all (${remove}::text[]) group by role order by min(place))`;
    const fits = sql`cardinality(${next}) <= ${count} and length(array_to_string(${next}, ' ')) <= ${length}`;
    const { rows } = await sql<{ roles: string[]; fits: boolean }>`
      with changed as (
        update auth_user as u set roles = ${next}, tokens_not_before = ${staleUntilNow(now)}
        where u.id = ${userId} and u.roles is distinct from ${next} and ${fits} returning u.roles
      ), event as (${insertEventsFrom(sql`changed`, [event], sql`jsonb_build_object('roles', to_jsonb(changed.roles))`)})
      select roles, true as fits from changed
      union all
      select u.roles, ${fits} from auth_user u where u.id = ${userId} and not exists (select from changed)`.execute(
      this.em.getKysely(),
    );
    return rows[0]?.fits === false ? 'tooMany' : rows[0]?.roles;
  }
}
