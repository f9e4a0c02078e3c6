import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { isLive } from '../sessions/session.row.js';
import type { SessionOwner } from '../sessions/session.js';
import type { User } from './user.js';
import { toUser, USER_COLUMNS, type UserRow } from './user.row.js';

/** What a sign-in compares against. */
export interface Credentials {
  readonly userId: string;
  readonly passwordHash: string;
}

/** Everything that is asked of `auth_user`. Each method is one statement. */
export class UserRepository {
  constructor(private readonly em: EntityManager) {}

  /** The stored hash of an active account, by normalised address. */
  async findCredentials(email: string): Promise<Credentials | undefined> {
    const { rows } = await sql<Credentials>`
      select u.id as "userId", u.password_hash as "passwordHash"
      from auth_user u where u.email = ${email} and u.active`.execute(this.em.getKysely());
    return rows[0];
  }

  /** The owner of a live session, or undefined when the session has ended or the account is not active. */
  async findBySession({ userId, sessionId }: SessionOwner, now: Date): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      select ${USER_COLUMNS}
      from auth_session s join auth_user u on u.id = s.user_id
      where s.id = ${sessionId} and s.user_id = ${userId} and ${isLive(now)} and u.active`.execute(this.em.getKysely());
    return rows[0] && toUser(rows[0]);
  }

  /** The users with these ids, in no order, and whether the viewer's own session is live: one statement for both. */
  async findByIds(
    ids: readonly string[],
    viewer: SessionOwner | undefined,
    now: Date,
  ): Promise<{ users: User[]; viewerIsLive: boolean }> {
    const { rows } = await sql<UserRow & { viewerIsLive: boolean }>`
      select ${USER_COLUMNS}, exists (
        select from auth_session s join auth_user v on v.id = s.user_id
        where s.id = ${viewer?.sessionId ?? null}::uuid and s.user_id = ${viewer?.userId ?? null}::uuid
          and ${isLive(now)} and v.active
      ) as "viewerIsLive"
      from auth_user u where u.id = any(${ids}::uuid[])`.execute(this.em.getKysely());
    return { users: rows.map(toUser), viewerIsLive: rows[0]?.viewerIsLive ?? false };
  }

  /** Stores a new user; answers undefined, and writes nothing, when the address is taken. */
  async insert(user: User, passwordHash: string): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      insert into auth_user as u
        (id, email, password_hash, first_name, last_name, email_verified_at, active, created_at, last_login_at)
      values (${user.id}, ${user.email}, ${passwordHash}, ${user.firstName}, ${user.lastName},
        ${user.emailVerifiedAt}, ${user.active}, ${user.createdAt}, ${user.lastLoginAt})
      on conflict on constraint auth_user_email_unique do nothing
      returning ${USER_COLUMNS}`.execute(this.em.getKysely());
    return rows[0] && toUser(rows[0]);
  }
}
