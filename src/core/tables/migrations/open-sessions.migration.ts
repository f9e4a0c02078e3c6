import { Migration } from '@mikro-orm/migrations';

/** How many sessions a user has at most; null for users from before, whose next sign-in counts them. */
export class OpenSessionsMigration extends Migration {
  override up(): void {
    this.addSql('alter table "auth_user" add column "open_sessions" int null');
  }

  override down(): void {
    this.addSql('alter table "auth_user" drop column "open_sessions"');
  }
}
