import { Migration } from '@mikro-orm/migrations';

/** One-time tokens, sign-in attempts, known devices and the outbox. */
export class AccountLifecycleMigration extends Migration {
  override up(): void {
    this.addSql(`create table "auth_one_time_token" (
      "id" uuid not null primary key,
      "user_id" uuid not null constraint "auth_one_time_token_user_id_foreign" references "auth_user" ("id") on delete cascade,
      "purpose" varchar(20) not null,
      "email" varchar(254) not null,
      "token_hash" bytea not null constraint "auth_one_time_token_hash_unique" unique,
      "created_at" timestamptz not null,
      "expires_at" timestamptz not null,
      "consumed_at" timestamptz null
    )`);
    this.addSql('create index "auth_one_time_token_user_id_index" on "auth_one_time_token" ("user_id")');
    this.addSql(`create table "auth_login_attempt" (
      "key_hash" bytea not null primary key,
      "attempts" int not null,
      "last_attempt_at" timestamptz not null,
      "locked_until" timestamptz null
    ) with (fillfactor = 70)`);
    this.addSql(`create table "auth_device" (
      "id" uuid not null primary key,
      "user_id" uuid not null constraint "auth_device_user_id_foreign" references "auth_user" ("id") on delete cascade,
      "token_hash" bytea not null constraint "auth_device_token_hash_unique" unique,
      "created_at" timestamptz not null,
      "last_used_at" timestamptz not null
    )`);
    this.addSql('create index "auth_device_user_id_index" on "auth_device" ("user_id")');
    this.addSql(`create table "auth_outbox" (
      "id" uuid not null primary key,
      "name" varchar(60) not null,
      "payload" jsonb not null,
      "occurred_at" timestamptz not null
    )`);
  }

  override down(): void {
    for (const table of ['auth_outbox', 'auth_device', 'auth_login_attempt', 'auth_one_time_token'])
      this.addSql(`drop table "${table}"`);
  }
}
