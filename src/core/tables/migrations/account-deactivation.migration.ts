import { Migration } from '@mikro-orm/migrations';

/** When and why an operator deactivated an account. */
export class AccountDeactivationMigration extends Migration {
  override up(): void {
    this.addSql(`alter table "auth_user"
      add column "deactivated_at" timestamptz null,
      add column "deactivation_reason" varchar(500) null`);
  }

  override down(): void {
    this.addSql('alter table "auth_user" drop column "deactivation_reason", drop column "deactivated_at"');
  }
}
