import { sql } from 'kysely';
import type { User } from './user.js';

/** The columns of `auth_user u` for hot statements. The driver returns timestamps as text. */
export const USER_COLUMNS = sql`
  u.id as "userId", u.email, u.first_name as "firstName", u.last_name as "lastName",
  u.email_verified_at as "emailVerifiedAt", u.active, u.created_at as "userCreatedAt", u.last_login_at as "lastLoginAt",
  u.roles, u.tokens_not_before as "tokensNotBefore"`;

export interface UserRow {
  userId: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  emailVerifiedAt: string | null;
  active: boolean;
  userCreatedAt: string;
  lastLoginAt: string | null;
  roles: string[];
  tokensNotBefore: string | null;
}

export function toUser(row: UserRow): User {
  return {
    id: row.userId,
    email: row.email,
    firstName: row.firstName,
    lastName: row.lastName,
    emailVerifiedAt: toDate(row.emailVerifiedAt),
    active: row.active,
    createdAt: new Date(row.userCreatedAt),
    lastLoginAt: toDate(row.lastLoginAt),
    roles: row.roles,
    tokensNotBefore: toDate(row.tokensNotBefore),
  };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
