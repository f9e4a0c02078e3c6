import { sql, type RawBuilder } from 'kysely';
import { nameKeysOf } from './name-key.js';
import type { User } from './user.js';

/** A row of `auth_user` that is about to be inserted. */
export interface NewUser {
  readonly user: User;
  /** Null for a user who is invited to choose a password. */
  readonly passwordHash: string | null;
  readonly openSessions: number;
}

/** Inserts a user if the condition holds. The caller appends the action for an address that is taken. */
export function insertUser(
  { user, passwordHash, openSessions }: NewUser,
  condition: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const { nameKey, sortNameKey, displayNameKey } = nameKeysOf(user);
  return sql`
    insert into auth_user
      (id, email, password_hash, first_name, last_name, display_name, locale, email_verified_at, active, created_at,
        last_login_at, roles, open_sessions, name_key, sort_name_key, display_name_key)
    select ${user.id}::uuid, ${user.email}, ${passwordHash}, ${user.firstName}, ${user.lastName},
      ${user.displayName}, ${user.locale},
      ${user.emailVerifiedAt}::timestamptz, ${user.active}::boolean, ${user.createdAt}::timestamptz,
      ${user.lastLoginAt}::timestamptz, ${user.roles}::text[], ${openSessions}::int,
      ${nameKey}, ${sortNameKey}, ${displayNameKey}
    where ${condition}
    on conflict on constraint auth_user_email_unique`;
}
