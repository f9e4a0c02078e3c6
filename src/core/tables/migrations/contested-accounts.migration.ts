import { Migration } from '@mikro-orm/migrations';

/**
 * Which accounts were registered again before their address was verified. Of the existing ones, those with a later claim,
 * those that a rejected registration has left without password, and those that were used: earlier releases did not note all
 * registrations of these. Names that came with a removed password are removed too.
 */
export class ContestedAccountsMigration extends Migration {
  override up(): void {
    this.addSql('alter table "auth_user" add column "contested" boolean not null default false');
    this.addSql(`update "auth_user" u set "contested" = true from "auth_registration_claim" c
      where c."user_id" = u."id" and u."email_verified_at" is null
      and (c."created_at" > u."created_at" or u."password_hash" is null or u."last_login_at" is not null)`);
    this
      .addSql(`update "auth_user" u set "first_name" = null, "last_name" = null, "display_name" = null, "locale" = null,
      "name_key" = null, "sort_name_key" = null, "display_name_key" = null from "auth_registration_claim" c
      where c."user_id" = u."id" and c."created_at" = u."created_at" and u."email_verified_at" is null
      and u."password_hash" is null and u."last_login_at" is null`);
  }

  override down(): void {
    this.addSql('alter table "auth_user" drop column "contested"');
  }
}
