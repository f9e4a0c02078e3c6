import { sql, type RawBuilder } from 'kysely';
import { lockedUntil } from '../attempts/locked-until.row.js';
import { toDate, toUser, USER_COLUMNS, type UserRow } from '../users/user.row.js';
import type { UserRecord, UserStatus } from './user-record.js';

/** The condition on `auth_user u` for each status. A user has exactly one. */
export const IS_STATUS: Readonly<Record<UserStatus, RawBuilder<unknown>>> = {
  ACTIVE: sql`u.active and u.password_hash is not null`,
  INVITED: sql`u.active and u.password_hash is null`,
  DEACTIVATED: sql`not u.active and u.closed_at is null`,
  CLOSED: sql`u.closed_at is not null`,
};

/** The status of `auth_user u`. */
export const STATUS = sql`case when ${IS_STATUS.CLOSED} then 'CLOSED' when ${IS_STATUS.DEACTIVATED} then 'DEACTIVATED'
  when ${IS_STATUS.INVITED} then 'INVITED' else 'ACTIVE' end`;

/** The columns of `auth_user u` that make a user record. */
export function userRecordColumns(now: Date): RawBuilder<unknown> {
  return sql`${USER_COLUMNS}, u.password_hash is not null as "hasPassword", u.deactivated_at as "deactivatedAt",
    u.deactivation_reason as "deactivationReason", ${lockedUntil(now)} as "lockedUntil", ${STATUS} as status`;
}

export interface UserRecordRow extends UserRow {
  readonly status: UserStatus;
  readonly hasPassword: boolean;
  readonly deactivatedAt: string | null;
  readonly deactivationReason: string | null;
  readonly lockedUntil: string | null;
}

export function toUserRecord(row: UserRecordRow): UserRecord {
  return {
    ...toUser(row),
    status: row.status,
    hasPassword: row.hasPassword,
    deactivatedAt: toDate(row.deactivatedAt),
    deactivationReason: row.deactivationReason,
    lockedUntil: toDate(row.lockedUntil),
  };
}
