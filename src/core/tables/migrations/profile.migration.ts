import { Migration } from '@mikro-orm/migrations';

const DOCUMENTS = ['public', 'private', 'preferences'];

/** Display name, picture and locale of users, and documents about them. */
export class ProfileMigration extends Migration {
  override up(): void {
    this.addSql(`alter table "auth_user" add column "display_name" varchar(100) null,
      add column "avatar_url" varchar(2048) null, add column "locale" varchar(35) null`);
    this.addSql(`alter table "auth_registration_claim" add column "display_name" varchar(100) null,
      add column "locale" varchar(35) null`);
    const columns = DOCUMENTS.map((name) => `"${name}" jsonb not null default '{}'`);
    const limits = DOCUMENTS.map(
      (name) => `constraint "auth_user_metadata_${name}_limit" check (octet_length(${name}::text) <= 8192
        and jsonb_array_length(jsonb_path_query_array(${name}, '$.keyvalue()')) <= 64)`,
    );
    this.addSql(`create table "auth_user_metadata" (
      "user_id" uuid not null primary key
        constraint "auth_user_metadata_user_id_foreign" references "auth_user" ("id") on update cascade on delete cascade,
      ${[...columns, ...limits].join(', ')}
    )`);
  }

  override down(): void {
    this.addSql('drop table "auth_user_metadata"');
    this.addSql('alter table "auth_registration_claim" drop column "display_name", drop column "locale"');
    this.addSql('alter table "auth_user" drop column "display_name", drop column "avatar_url", drop column "locale"');
  }
}
