import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { SessionOwner } from '../../core/sessions/session.js';
import { fromLiveSession } from '../../core/sessions/session.row.js';
import type { User } from '../../core/users/user.js';
import { toUser, USER_COLUMNS, type UserRow } from '../../core/users/user.row.js';

/** Reads users and checks that the viewer's session is live, with one statement for each method. */
export class ProfileRepository {
  constructor(private readonly em: EntityManager) {}

  /** Returns the owner of a session, or `undefined` if the session has ended or the account is inactive. */
  async findBySession(viewer: SessionOwner, now: Date): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      select ${USER_COLUMNS} ${fromLiveSession(viewer, now)}`.execute(this.em.getKysely());
    return rows[0] && toUser(rows[0]);
  }

  /** Returns the users with these ids, in no particular order, and whether the viewer's own session is live. */
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
