import { sql, type RawBuilder } from 'kysely';
import { readInstant } from '../../platform/database/instant.js';
import type { MetadataDocument } from './metadata-document.js';
import type { User } from './user.js';

/** The columns of `auth_user u` for hot statements. The driver returns timestamps as text. */
export const USER_COLUMNS = sql`
  u.id as "userId", u.email, u.first_name as "firstName", u.last_name as "lastName",
  u.display_name as "displayName", u.avatar_url as "avatarUrl", u.locale,
  u.email_verified_at as "emailVerifiedAt", u.active, u.created_at as "userCreatedAt", u.last_login_at as "lastLoginAt",
  u.roles, u.tokens_not_before as "tokensNotBefore"`;

/** Further columns of `auth_user u`, for statements that issue access tokens: what the claims hook may read. */
export function claimsColumns(withMetadata: boolean): RawBuilder<unknown> {
  return withMetadata
    ? sql`, coalesce((select m.public from auth_user_metadata m where m.user_id = u.id), '{}') as "publicMetadata"`
    : sql``;
}

export interface UserRow {
  userId: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  displayName: string | null;
  avatarUrl: string | null;
  locale: string | null;
  emailVerifiedAt: string | null;
  active: boolean;
  userCreatedAt: string;
  lastLoginAt: string | null;
  roles: string[];
  tokensNotBefore: string | null;
  publicMetadata?: MetadataDocument;
}

export function toUser(row: UserRow): User {
  return {
    id: row.userId,
    email: row.email,
    firstName: row.firstName,
    lastName: row.lastName,
    displayName: row.displayName,
    avatarUrl: row.avatarUrl,
    locale: row.locale,
    emailVerifiedAt: toDate(row.emailVerifiedAt),
    active: row.active,
    createdAt: readInstant(row.userCreatedAt),
    lastLoginAt: toDate(row.lastLoginAt),
    roles: row.roles,
    tokensNotBefore: toDate(row.tokensNotBefore),
    ...(row.publicMetadata && { publicMetadata: row.publicMetadata }),
  };
}

/** An instant as the driver returns it in raw statements. */
export function toDate(text: string | null): Date | null {
  return text === null ? null : readInstant(text);
}

/** Returns whether a statement failed because another account has the address. */
export function isAddressTaken(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'auth_user_email_unique';
}
