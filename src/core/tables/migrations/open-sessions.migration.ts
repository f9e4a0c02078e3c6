import { Migration } from '@mikro-orm/migrations';

/** An upper bound of each user's sessions; null until the next sign-in counts them. */
export class OpenSessionsMigration extends Migration {
  override up(): void {
    this.addSql('alter table "auth_user" add column "open_sessions" int null');
  }

  override down(): void {
    this.addSql('alter table "auth_user" drop column "open_sessions"');
  }
}
