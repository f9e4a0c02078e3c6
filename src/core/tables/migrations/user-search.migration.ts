import { Migration } from '@mikro-orm/migrations';

/**
 * What users are found by. Adds columns only; the indexes are built later. Housekeeping fills the keys of existing users, so
 * that the migration does not write every row.
 */
export class UserSearchMigration extends Migration {
  override up(): void {
    this.addSql(`alter table "auth_user"
      add column "name_key" varchar(201) collate "C" null,
      add column "sort_name_key" varchar(201) collate "C" null,
      add column "display_name_key" varchar(100) collate "C" null`);
    this.addSql('alter table "auth_login_attempt" add column "user_id" uuid null');
  }

  override down(): void {
    this.addSql('alter table "auth_login_attempt" drop column "user_id"');
    this.addSql(
      'alter table "auth_user" drop column "display_name_key", drop column "sort_name_key", drop column "name_key"',
    );
  }
}
