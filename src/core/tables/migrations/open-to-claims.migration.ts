import { Migration } from '@mikro-orm/migrations';

/**
 * Which accounts registrations may claim; of the existing ones, those that a registration created. The default is for
 * processes of the previous release, which do not know the column.
 */
export class OpenToClaimsMigration extends Migration {
  override up(): void {
    this.addSql('alter table "auth_user" add column "open_to_claims" boolean not null default false');
    this.addSql('alter table "auth_user" alter column "open_to_claims" set default true');
    this.addSql(`update "auth_user" u set "open_to_claims" = true from "auth_registration_claim" c
      where c."user_id" = u."id" and c."created_at" = u."created_at"`);
  }

  override down(): void {
    this.addSql('alter table "auth_user" drop column "open_to_claims"');
  }
}
