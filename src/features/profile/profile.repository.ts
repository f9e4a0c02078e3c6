import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { SessionOwner } from '../../core/sessions/session.js';
import { fromLiveSession } from '../../core/sessions/session.row.js';
import type { User } from '../../core/users/user.js';
import { toUser, USER_COLUMNS, type UserRow } from '../../core/users/user.row.js';

/** Reads users for a viewer whose session must be live. Each method is one statement. */
export class ProfileRepository {
  constructor(private readonly em: EntityManager) {}

  /** The owner of a live session, or undefined when the session has ended or the account is not active. */
  async findBySession(viewer: SessionOwner, now: Date): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      select ${USER_COLUMNS} ${fromLiveSession(viewer, now)}`.execute(this.em.getKysely());
    return rows[0] && toUser(rows[0]);
  }

  /** The users with these ids, in no order, and whether the viewer's own session is live: one statement for both. */
  async findByIds(
    ids: readonly string[],
    viewer: SessionOwner | undefined,
    now: Date,
  ): Promise<{ users: User[]; viewerIsLive: boolean }> {
    const { rows } = await sql<UserRow & { viewerIsLive: boolean }>`
      select ${USER_COLUMNS}, exists (select ${fromLiveSession(viewer, now)}) as "viewerIsLive"
      from auth_user u where u.id = any(${ids}::uuid[])`.execute(this.em.getKysely());
    return { users: rows.map(toUser), viewerIsLive: rows[0]?.viewerIsLive ?? false };
  }
}
