import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { lockedUntil } from '../../core/attempts/locked-until.row.js';
import type { Account, AccountName } from './account.js';

interface Row {
  id: string;
  email: string;
  emailVerifiedAt: string | null;
  firstName: string | null;
  lastName: string | null;
  active: boolean;
  roles: string[];
  hasPassword: boolean;
  createdAt: string;
  lastLoginAt: string | null;
  deactivatedAt: string | null;
  deactivationReason: string | null;
  lockedUntil: string | null;
}

/** Reads accounts for operators. */
export class AccountRepository {
  constructor(private readonly em: EntityManager) {}

  async find(name: AccountName, now: Date): Promise<Account | undefined> {
    const isNamed = 'id' in name ? sql`u.id = ${name.id}::uuid` : sql`u.email = ${name.email}`;
    const { rows } = await sql<Row>`${selectAccounts(now)} where ${isNamed}`.execute(this.em.getKysely());
    return rows[0] && toAccount(rows[0]);
  }
}

function selectAccounts(now: Date): RawBuilder<unknown> {
  return sql`
    select u.id, u.email, u.email_verified_at as "emailVerifiedAt", u.first_name as "firstName",
      u.last_name as "lastName", u.active, u.roles, u.password_hash is not null as "hasPassword",
      u.created_at as "createdAt", u.last_login_at as "lastLoginAt", u.deactivated_at as "deactivatedAt",
      u.deactivation_reason as "deactivationReason", ${lockedUntil(now)} as "lockedUntil"
    from auth_user u`;
}

function toAccount({ active, ...row }: Row): Account {
  return {
    ...row,
    status: active ? 'active' : 'deactivated',
    emailVerifiedAt: toDate(row.emailVerifiedAt),
    createdAt: new Date(row.createdAt),
    lastLoginAt: toDate(row.lastLoginAt),
    deactivatedAt: toDate(row.deactivatedAt),
    lockedUntil: toDate(row.lockedUntil),
  };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
