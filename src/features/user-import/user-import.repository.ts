import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { noteAccount } from '../../core/attempts/login-attempt.row.js';
import { nameKeysOf } from '../../core/users/name-key.row.js';
import type { ImportCheckpoint, SourceIdentity } from './import-checkpoint.js';
import type { ImportedUser } from './import-line.js';
import { DatabaseSetupError } from '../../platform/database/database-setup.error.js';
import { onlyRow } from '../../platform/database/only-row.js';

/** A user with the id that the account gets. */
export type NewAccount = ImportedUser & { readonly id: string };

interface CheckpointRow {
  id: string;
  byteOffset: string;
  line: number;
  imported: number;
  skipped: number;
  rejected: number;
  rejectedBytes: string;
  finishedAt: string | null;
}

const CHECKPOINT = sql`id, byte_offset as "byteOffset", line, imported, skipped, rejected,
  rejected_bytes as "rejectedBytes", finished_at as "finishedAt"`;

/** Stores imported users, and how far a file has been imported. */
export class UserImportRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Creates accounts with their documents, except those whose address or id is taken, and returns the ids of the new
   * ones. The order of the addresses keeps two imports from waiting for each other.
   */
  async insertUsers(users: readonly NewAccount[]): Promise<ReadonlySet<string>> {
    const accounts = users.map((user) => ({ ...user, ...nameKeysOf(user), metadata: undefined }));
    const documents = users.flatMap(({ id, metadata }) => (isEmpty(metadata) ? [] : [{ id, ...metadata }]));
    const { rows } = await sql<{ id: string }>`
      with created as (insert into auth_user (id, email, password_hash, first_name, last_name, display_name, avatar_url,
        locale, email_verified_at, active, created_at, last_login_at, roles, open_sessions, open_to_claims,
        name_key, sort_name_key, display_name_key)
      select id, email, "passwordHash", "firstName", "lastName", "displayName", "avatarUrl", locale,
        "emailVerifiedAt", active, "createdAt", "lastLoginAt", array(select jsonb_array_elements_text(roles)), 0, false,
        "nameKey", "sortNameKey", "displayNameKey"
      from jsonb_to_recordset(${JSON.stringify(accounts)}::jsonb) as u(id uuid, email text, "passwordHash" text,
        "firstName" text, "lastName" text, "displayName" text, "avatarUrl" text, locale text,
        "emailVerifiedAt" timestamptz, active boolean, "createdAt" timestamptz, "lastLoginAt" timestamptz,
        roles jsonb, "nameKey" text, "sortNameKey" text, "displayNameKey" text)
      order by email
      on conflict do nothing returning id, email),
      counters as (${noteAccount(sql`created`)}),
      documents as (insert into auth_user_metadata (user_id, public, private, preferences)
        select c.id, coalesce("publicMetadata", '{}'), coalesce("privateMetadata", '{}'), coalesce(preferences, '{}')
        from jsonb_to_recordset(${JSON.stringify(documents)}::jsonb)
          as d(id uuid, "publicMetadata" jsonb, "privateMetadata" jsonb, preferences jsonb) join created c using (id))
      select id from created`.execute(this.em.getKysely());
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * Prepares a dry run, which is one transaction: creates a table that disappears with it.
   * @throws DatabaseSetupError the role may not create temporary tables
   */
  async beginDryRun(): Promise<void> {
    await this.requireTemporaryTables();
    await sql`create temporary table auth_import_dry_run (taken text primary key) on commit drop`.execute(
      this.em.getKysely(),
    );
  }

  private async requireTemporaryTables(): Promise<void> {
    const { rows } = await sql<{ isAllowed: boolean; grant: string }>`
      select has_database_privilege(current_database(), 'temporary') as "isAllowed",
        format('grant temporary on database %I to %I', current_database(), current_user) as grant`.execute(
      this.em.getKysely(),
    );
    const { isAllowed, grant } = onlyRow(rows);
    if (!isAllowed) throw new DatabaseSetupError(`A dry run needs a temporary table. Run \`${grant}\`.`);
  }

  /** Keeps the transaction of a dry run open while its input is slow. */
  async keepOpen(): Promise<void> {
    await sql`select set_config('idle_in_transaction_session_timeout', '0', true)`.execute(this.em.getKysely());
  }

  /** Returns which of these ids and addresses are taken, also by an earlier batch of the dry run. */
  async findTaken(users: readonly NewAccount[]): Promise<ReadonlySet<string>> {
    const ids = users.map(({ id }) => id);
    const addresses = users.map(({ email }) => email);
    const { rows } = await sql<{ taken: string }>`
      select id::text as taken from auth_user where id = any(${ids}::uuid[])
      union all
      select email from auth_user where email = any(${addresses}::text[])
      union all
      select taken from auth_import_dry_run where taken = any(${[...ids, ...addresses]}::text[])`.execute(
      this.em.getKysely(),
    );
    return new Set(rows.map(({ taken }) => taken));
  }

  /** Takes the ids and addresses of users for the rest of the dry run. */
  async take(users: readonly NewAccount[]): Promise<void> {
    const taken = users.flatMap(({ id, email }) => [id, email]);
    await sql`insert into auth_import_dry_run (taken) select unnest(${taken}::text[])`.execute(this.em.getKysely());
  }

  /**
   * Claims a file: from now on, only checkpoints with this id can be moved. Returns how far the file has been imported.
   * Waits for the running batch of another import.
   */
  async claim(id: string, identity: SourceIdentity, now: Date): Promise<ImportCheckpoint> {
    const { rows } = await sql<CheckpointRow>`
      ${checkpointAtStart(id, identity, now)}
      on conflict (fingerprint) do update set id = excluded.id, updated_at = excluded.updated_at
      returning ${CHECKPOINT}`.execute(this.em.getKysely());
    return toCheckpoint(onlyRow(rows));
  }

  /** Claims a file, and moves its checkpoint back to the beginning. */
  async claimAnew(id: string, identity: SourceIdentity, now: Date): Promise<ImportCheckpoint> {
    const { rows } = await sql<CheckpointRow>`
      ${checkpointAtStart(id, identity, now)}
      on conflict (fingerprint) do update set id = excluded.id, byte_offset = 0, line = 0, imported = 0, skipped = 0,
        rejected = 0, rejected_bytes = 0, started_at = excluded.started_at, updated_at = excluded.updated_at,
        finished_at = null
      returning ${CHECKPOINT}`.execute(this.em.getKysely());
    return toCheckpoint(onlyRow(rows));
  }

  /** Moves a checkpoint. Returns false if another process has claimed the file. */
  async advance(from: ImportCheckpoint, to: ImportCheckpoint, now: Date): Promise<boolean> {
    const { rows } = await sql`
      update auth_import set byte_offset = ${to.byteOffset}, line = ${to.line}, imported = ${to.imported},
        skipped = ${to.skipped}, rejected = ${to.rejected}, rejected_bytes = ${to.rejectedBytes}, updated_at = ${now},
        finished_at = ${to.isFinished ? now : null}
      where id = ${from.id} and byte_offset = ${from.byteOffset} and finished_at is null returning id`.execute(
      this.em.getKysely(),
    );
    return rows.length > 0;
  }
}

function checkpointAtStart(id: string, { fingerprint, size }: SourceIdentity, now: Date): RawBuilder<unknown> {
  return sql`insert into auth_import (id, fingerprint, size, byte_offset, line, imported, skipped, rejected,
      rejected_bytes, started_at, updated_at)
    values (${id}, ${fingerprint}, ${size}, 0, 0, 0, 0, 0, 0, ${now}, ${now})`;
}

function isEmpty(metadata: object): boolean {
  return Object.keys(metadata).length === 0;
}

function toCheckpoint({ byteOffset, rejectedBytes, finishedAt, ...row }: CheckpointRow): ImportCheckpoint {
  return {
    ...row,
    byteOffset: Number(byteOffset),
    rejectedBytes: Number(rejectedBytes),
    isFinished: finishedAt !== null,
  };
}
