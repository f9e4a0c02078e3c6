import { Migration } from '@mikro-orm/migrations';

/** Users, and sessions with the hashes of their refresh tokens. */
export class InitialMigration extends Migration {
  override up(): void {
    this.addSql(`create table "auth_user" (
      "id" uuid not null primary key,
      "email" varchar(254) not null constraint "auth_user_email_unique" unique,
      "password_hash" varchar(100) not null,
      "first_name" varchar(100) null,
      "last_name" varchar(100) null,
      "email_verified_at" timestamptz null,
      "active" boolean not null,
      "created_at" timestamptz not null,
      "last_login_at" timestamptz null
    )`);
    // A rotation changes no indexed column and fits on the same page, so that it stays a HOT update.
    this.addSql(`create table "auth_session" (
      "id" uuid not null primary key,
      "user_id" uuid not null constraint "auth_session_user_id_foreign" references "auth_user" ("id") on delete cascade,
      "handle_hash" bytea not null constraint "auth_session_handle_hash_unique" unique,
      "token_hash" bytea not null,
      "previous_token_hash" bytea null,
      "sealed_successor" bytea null,
      "rotated_at" timestamptz null,
      "created_at" timestamptz not null,
      "last_used_at" timestamptz not null,
      "expires_at" timestamptz not null,
      "absolute_expires_at" timestamptz not null,
      "revoked_at" timestamptz null,
      "revoked_reason" varchar(30) null,
      "ip_address" varchar(45) null,
      "user_agent" varchar(512) null
    ) with (fillfactor = 70)`);
    this.addSql('create index "auth_session_user_id_index" on "auth_session" ("user_id")');
  }

  override down(): void {
    this.addSql('drop table "auth_session"');
    this.addSql('drop table "auth_user"');
  }
}
