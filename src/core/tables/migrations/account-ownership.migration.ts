import { Migration } from '@mikro-orm/migrations';

/** Registration claims on unverified addresses, accounts without a password, and email limits. */
export class AccountOwnershipMigration extends Migration {
  override up(): void {
    this.addSql('alter table "auth_user" alter column "password_hash" drop not null');
    this.addSql(`create table "auth_registration_claim" (
      "id" uuid not null primary key,
      "user_id" uuid not null constraint "auth_registration_claim_user_id_foreign" references "auth_user" ("id") on delete cascade,
      "password_hash" varchar(100) not null,
      "first_name" varchar(100) null,
      "last_name" varchar(100) null,
      "created_at" timestamptz not null
    )`);
    this.addSql('create index "auth_registration_claim_user_id_index" on "auth_registration_claim" ("user_id")');
    this.addSql('alter table "auth_one_time_token" add column "claim_id" uuid null');
    this.addSql(`create table "auth_email_limit" (
      "key_hash" bytea not null primary key,
      "count" int not null,
      "next_at" timestamptz not null,
      "resets_at" timestamptz not null
    ) with (fillfactor = 70)`);
  }

  override down(): void {
    this.addSql('drop table "auth_email_limit"');
    this.addSql('alter table "auth_one_time_token" drop column "claim_id"');
    this.addSql('drop table "auth_registration_claim"');
    // No password matches an empty hash. The account stays and can be opened with a reset.
    this.addSql(`update "auth_user" set "password_hash" = '' where "password_hash" is null`);
    this.addSql('alter table "auth_user" alter column "password_hash" set not null');
  }
}
