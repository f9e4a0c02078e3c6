import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import type { UserStatus } from '../../core/management/user-record.js';
import { STATUS } from '../../core/management/user-record.row.js';
import { lockedUntil } from '../../core/attempts/locked-until.row.js';
import type { AccountName } from '../../core/users/account-name.js';
import { isNamed } from '../../core/users/account-name.row.js';
import { toDate } from '../../core/users/user.row.js';
import { readInstant } from '../../platform/database/instant.js';
import type { Account, AccountStatus } from './account.js';

interface Row {
  id: string;
  email: string;
  emailVerifiedAt: string | null;
  firstName: string | null;
  lastName: string | null;
  displayName: string | null;
  avatarUrl: string | null;
  locale: string | null;
  status: UserStatus;
  roles: string[];
  hasPassword: boolean;
  createdAt: string;
  lastLoginAt: string | null;
  deactivatedAt: string | null;
  deactivationReason: string | null;
  closedAt: string | null;
  eraseAfter: string | null;
  lockedUntil: string | null;
}

/** Reads accounts for operators. */
export class AccountRepository {
  constructor(private readonly em: EntityManager) {}

  async find(name: AccountName, now: Date): Promise<Account | undefined> {
    const { rows } = await sql<Row>`${selectAccounts(now)} where ${isNamed(name)}`.execute(this.em.getKysely());
    return rows[0] && toAccount(rows[0]);
  }
}

function selectAccounts(now: Date): RawBuilder<unknown> {
  return sql`
    select u.id, u.email, u.email_verified_at as "emailVerifiedAt", u.first_name as "firstName",
      u.last_name as "lastName", u.display_name as "displayName", u.avatar_url as "avatarUrl", u.locale, ${STATUS} as status, u.roles, u.password_hash is not null as "hasPassword",
      u.created_at as "createdAt", u.last_login_at as "lastLoginAt", u.deactivated_at as "deactivatedAt",
      u.deactivation_reason as "deactivationReason", u.closed_at as "closedAt", u.erase_after as "eraseAfter",
      ${lockedUntil(now)} as "lockedUntil"
    from auth_user u`;
}

function toAccount(row: Row): Account {
  return {
    ...row,
    status: row.status.toLowerCase() as AccountStatus,
    emailVerifiedAt: toDate(row.emailVerifiedAt),
    createdAt: readInstant(row.createdAt),
    lastLoginAt: toDate(row.lastLoginAt),
    deactivatedAt: toDate(row.deactivatedAt),
    closedAt: toDate(row.closedAt),
    eraseAfter: toDate(row.eraseAfter),
    lockedUntil: toDate(row.lockedUntil),
  };
}
