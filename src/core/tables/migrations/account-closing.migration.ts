import { Migration } from '@mikro-orm/migrations';

/** When an account was closed, and when it may be erased. */
export class AccountClosingMigration extends Migration {
  override up(): void {
    this.addSql(`alter table "auth_user"
      add column "closed_at" timestamptz null,
      add column "erase_after" timestamptz null`);
  }

  override down(): void {
    this.addSql('alter table "auth_user" drop column "erase_after", drop column "closed_at"');
  }
}
