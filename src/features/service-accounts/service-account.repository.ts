import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { insertEvents, insertEventsFrom } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import { MAX_LIVE_KEYS, type ServiceAccount, type ServiceKeyRecord } from './service-account.js';

interface KeyRow {
  id: string;
  hint: string;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

interface AccountRow {
  id: string;
  name: string;
  scopes: string[];
  createdAt: string;
  keys: KeyRow[];
}

export interface NewServiceAccount {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly createdBy: string | null;
}

export interface NewServiceKey {
  readonly id: string;
  readonly serviceAccountId: string;
  readonly handleHash: Buffer;
  readonly secretHash: Buffer;
  readonly hint: string;
  readonly createdAt: Date;
}

/** Stores service accounts and their keys. */
export class ServiceAccountRepository {
  constructor(private readonly em: EntityManager) {}

  /** Returns the accounts that are not deleted, in the order of their creation. */
  async list(): Promise<ServiceAccount[]> {
    const { rows } = await sql<AccountRow>`${SELECT_ACCOUNTS} order by a.id`.execute(this.em.getKysely());
    return rows.map(toAccount);
  }

  async find(id: string): Promise<ServiceAccount | undefined> {
    const { rows } = await sql<AccountRow>`${SELECT_ACCOUNTS} and a.id = ${id}`.execute(this.em.getKysely());
    return rows[0] && toAccount(rows[0]);
  }

  async insert({ id, name, scopes, createdAt, createdBy }: NewServiceAccount, event: RecordedEvent): Promise<void> {
    await sql`
      with account as (
        insert into auth_service_account (id, name, scopes, created_at, created_by)
        values (${id}, ${name}, ${scopes}::text[], ${createdAt}, ${createdBy})
      ) ${insertEvents([event], sql`true`)}`.execute(this.em.getKysely());
  }

  /**
   * Deletes an account with its keys. Returns `undefined` if there is none.
   * @param tokensNotBefore later than every token that a node has issued or is issuing
   */
  async delete(id: string, now: Date, tokensNotBefore: Date, event: RecordedEvent): Promise<string | undefined> {
    const { rows } = await sql<{ id: string }>`
      with deleted as (
        update auth_service_account set deleted_at = ${now}, tokens_not_before = ${tokensNotBefore}
        where id = ${id} and deleted_at is null returning id, name
      ), keys as (
        delete from auth_service_key k using deleted where k.service_account_id = deleted.id
      ), event as (${insertEventsFrom(sql`deleted`, [event], sql`jsonb_build_object('name', deleted.name)`)})
      select id from deleted`.execute(this.em.getKysely());
    return rows[0]?.id;
  }

  /** Locks an account, so that the keys of concurrent calls are counted. Returns `undefined` if there is none. */
  async lock(id: string): Promise<string | undefined> {
    const { rows } = await sql<{ id: string }>`
      select id from auth_service_account where id = ${id} and deleted_at is null for no key update`.execute(
      this.em.getKysely(),
    );
    return rows[0]?.id;
  }

  /** Adds a key to a locked account. Returns `undefined` if it has as many live keys as it may have. */
  async insertKey(key: NewServiceKey, event: RecordedEvent): Promise<ServiceKeyRecord | undefined> {
    const { id, serviceAccountId, handleHash, secretHash, hint, createdAt } = key;
    const { rows } = await sql<KeyRow>`
      with added as (
        insert into auth_service_key as k (id, service_account_id, handle_hash, secret_hash, hint, created_at)
        select ${id}, ${serviceAccountId}, ${handleHash}, ${secretHash}, ${hint}, ${createdAt}
        where ${MAX_LIVE_KEYS} > (
          select count(*) from auth_service_key where service_account_id = ${serviceAccountId} and revoked_at is null)
        returning ${KEY_COLUMNS}
      ), event as (${insertEvents([event], sql`exists (select from added)`)})
      select * from added`.execute(this.em.getKysely());
    return rows[0] && toKey(rows[0]);
  }

  /** Revokes a key unless it is revoked already. Returns `undefined` if there is no such key. */
  async revokeKey(
    serviceAccountId: string,
    keyId: string,
    now: Date,
    event: RecordedEvent,
  ): Promise<ServiceKeyRecord | undefined> {
    const isNamed = sql`k.id = ${keyId} and k.service_account_id = ${serviceAccountId}`;
    const { rows } = await sql<KeyRow>`
      with revoked as (
        update auth_service_key k set revoked_at = ${now} where ${isNamed} and k.revoked_at is null
        returning ${KEY_COLUMNS}
      ), event as (${insertEventsFrom(sql`revoked`, [event], sql`jsonb_build_object('hint', revoked.hint)`)})
      select * from revoked
      union all
      select ${KEY_COLUMNS} from auth_service_key k where ${isNamed} and not exists (select from revoked)`.execute(
      this.em.getKysely(),
    );
    return rows[0] && toKey(rows[0]);
  }
}

const KEY_COLUMNS = sql`k.id, k.hint, k.created_at as "createdAt", k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt"`;

const SELECT_ACCOUNTS: RawBuilder<unknown> = sql`
  select a.id, a.name, a.scopes, a.created_at as "createdAt",
    (select coalesce(json_agg(key order by key.id desc), '[]')
      from (select ${KEY_COLUMNS} from auth_service_key k where k.service_account_id = a.id) key) as keys
  from auth_service_account a where a.deleted_at is null`;

function toAccount({ createdAt, keys, ...row }: AccountRow): ServiceAccount {
  return { ...row, createdAt: new Date(createdAt), keys: keys.map(toKey) };
}

function toKey({ id, hint, createdAt, lastUsedAt, revokedAt }: KeyRow): ServiceKeyRecord {
  return {
    ...{ id, hint, createdAt: new Date(createdAt) },
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
    revokedAt: revokedAt === null ? null : new Date(revokedAt),
  };
}
