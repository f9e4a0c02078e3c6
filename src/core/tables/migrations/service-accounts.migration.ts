import { Migration } from '@mikro-orm/migrations';

const ACCOUNT = '"auth_service_account"';
const KEY = '"auth_service_key"';

/** Service accounts and their keys. */
export class ServiceAccountsMigration extends Migration {
  override up(): void {
    this.addSql(`create table ${ACCOUNT} (
      "id" uuid not null primary key,
      "name" varchar(100) not null,
      "scopes" text[] not null,
      "created_at" timestamptz not null,
      "created_by" uuid null,
      "tokens_not_before" timestamptz null,
      "deleted_at" timestamptz null
    )`);
    this.addSql(`create index "auth_service_account_tokens_not_before_index" on ${ACCOUNT} ("tokens_not_before")
      where "tokens_not_before" is not null`);
    this.addSql(`create table ${KEY} (
      "id" uuid not null primary key,
      "service_account_id" uuid not null constraint "auth_service_key_service_account_id_foreign"
        references ${ACCOUNT} ("id") on delete cascade,
      "handle_hash" bytea not null constraint "auth_service_key_handle_hash_unique" unique,
      "secret_hash" bytea not null,
      "hint" varchar(4) not null,
      "created_at" timestamptz not null,
      "last_used_at" timestamptz null,
      "revoked_at" timestamptz null
    )`);
    this.addSql(`create index "auth_service_key_service_account_id_index" on ${KEY} ("service_account_id")`);
  }

  override down(): void {
    this.addSql(`drop table ${KEY}`);
    this.addSql(`drop table ${ACCOUNT}`);
  }
}
