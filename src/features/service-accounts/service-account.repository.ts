import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { insertEvents, insertEventsFrom } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import { lockedOperator } from '../../core/management/managed-account.row.js';
import { OPERATOR_STATE, operatorSteps, type OperatorRow } from '../../core/management/management.row.js';
import type { Operator, OperatorState } from '../../core/management/operator.js';
import { MAX_LISTED_KEYS, MAX_LIVE_KEYS, type ServiceAccount, type ServiceKeyRecord } from './service-account.js';

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

/** Who acts: an operator, or undefined for your application and the command line. */
type Actor = Operator | undefined;

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
  async list(actor: Actor, now: Date): Promise<{ operatorState: OperatorState; accounts: ServiceAccount[] }> {
    const { rows } = await sql<OperatorRow & (AccountRow | { readonly id: null })>`
      with ${operatorSteps(actor, now)}
      select ${OPERATOR_STATE}, a.* from (select) one left join lateral (
        select a.id, a.name, a.scopes, a.created_at as "createdAt", ${KEYS_OF_ACCOUNT} as keys
        from auth_service_account a where a.deleted_at is null and exists (select from operator)
      ) a on true order by a.id`.execute(this.em.getKysely());
    const accounts = rows.flatMap((row) => (row.id === null ? [] : [toAccount(row)]));
    return { operatorState: rows[0]?.operatorState ?? null, accounts };
  }

  async insert(
    { id, name, scopes, createdAt, createdBy }: NewServiceAccount,
    actor: Actor,
    event: RecordedEvent,
  ): Promise<OperatorState> {
    const { rows } = await sql<OperatorRow>`
      with ${lockedOperator(actor, createdAt)}, account as (
        insert into auth_service_account (id, name, scopes, created_at, created_by)
        select ${id}, ${name}, ${scopes}::text[], ${createdAt}, ${createdBy}::uuid from operator returning id
      ), event as (${insertEvents([event], sql`exists (select from account)`)})
      select ${OPERATOR_STATE}`.execute(this.em.getKysely());
    return rows[0]?.operatorState ?? null;
  }

  /**
   * Locks an account, so that concurrent changes wait, and the keys of concurrent calls are counted. A user who acts is locked
   * before it; a service account that acts is locked with it, in the order of their ids. Returns the scopes; `null` if there
   * is none, or the operator may not act.
   */
  async lock(
    id: string,
    actor: Actor,
    now: Date,
  ): Promise<OperatorRow & { readonly scopes: readonly string[] | null }> {
    const ids = actor?.kind === 'service' ? [id, actor.serviceId] : [id];
    const steps =
      actor?.kind === 'user' ? lockedOperator(actor, now) : operatorSteps(actor, now, { services: sql`services` });
    const { rows } = await sql<OperatorRow & { scopes: string[] | null }>`
      with services as (
        select a.* from auth_service_account a where a.id = any(${ids}::uuid[]) order by a.id for no key update
      ), ${steps}, locked as (
        select a.scopes from services a
        where a.id = ${id} and a.deleted_at is null and exists (select from operator)
      )
      select ${OPERATOR_STATE}, (select scopes from locked) as scopes`.execute(this.em.getKysely());
    return rows[0] ?? { operatorState: null, scopes: null };
  }

  /**
   * Deletes a locked account with its keys.
   * @param tokensNotBefore later than every token that a node has issued or is issuing
   */
  async delete(id: string, now: Date, tokensNotBefore: Date, event: RecordedEvent): Promise<void> {
    await sql`
      with deleted as (
        update auth_service_account set deleted_at = ${now}, tokens_not_before = ${tokensNotBefore}
        where id = ${id} returning id, name
      ), keys as (
        delete from auth_service_key k using deleted where k.service_account_id = deleted.id
      ) ${insertEventsFrom(sql`deleted`, [event], sql`jsonb_build_object('serviceName', deleted.name)`)}`.execute(
      this.em.getKysely(),
    );
  }

  /**
   * Adds a key to a locked account, and deletes revoked keys that are no longer listed. Returns `undefined` if it has as
   * many live keys as it may have.
   */
  async insertKey(key: NewServiceKey, event: RecordedEvent): Promise<ServiceKeyRecord | undefined> {
    const { id, serviceAccountId, handleHash, secretHash, hint, createdAt } = key;
    const { rows } = await sql<KeyRow>`
      with added as (
        insert into auth_service_key as k (id, service_account_id, handle_hash, secret_hash, hint, created_at)
        select ${id}, ${serviceAccountId}, ${handleHash}, ${secretHash}, ${hint}, ${createdAt}
        where ${MAX_LIVE_KEYS} > (
          select count(*) from auth_service_key where service_account_id = ${serviceAccountId} and revoked_at is null)
        returning ${KEY_COLUMNS}
      ), forgotten as (
        delete from auth_service_key using added where auth_service_key.id in (
          select id from auth_service_key where service_account_id = ${serviceAccountId} and revoked_at is not null
          order by revoked_at desc, id desc offset ${MAX_LISTED_KEYS})
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

/** The live and the latest revoked keys of `auth_service_account a`, the newest first. */
const KEYS_OF_ACCOUNT = sql`(select coalesce(json_agg(key order by key.id desc), '[]') from (
  select ${KEY_COLUMNS} from auth_service_key k where k.service_account_id = a.id
  order by k.revoked_at desc nulls first, k.id desc limit ${MAX_LISTED_KEYS}) key)`;

function toAccount({ id, name, scopes, createdAt, keys }: AccountRow): ServiceAccount {
  return { id, name, scopes, createdAt: new Date(createdAt), keys: keys.map(toKey) };
}

function toKey({ id, hint, createdAt, lastUsedAt, revokedAt }: KeyRow): ServiceKeyRecord {
  return {
    ...{ id, hint, createdAt: new Date(createdAt) },
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
    revokedAt: revokedAt === null ? null : new Date(revokedAt),
  };
}
