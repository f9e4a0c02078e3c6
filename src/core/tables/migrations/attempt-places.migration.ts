import { Migration } from '@mikro-orm/migrations';

/** The comparisons that are under way, apart from the attempts that failed. */
export class AttemptPlacesMigration extends Migration {
  override up(): void {
    this.addSql(`alter table "auth_login_attempt" add column "places" timestamptz[] not null default '{}'`);
  }

  override down(): void {
    this.addSql('alter table "auth_login_attempt" drop column "places"');
  }
}
