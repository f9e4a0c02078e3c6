import { Migration } from '@mikro-orm/migrations';

/** Running comparisons, separate from failed attempts. */
export class AttemptPlacesMigration extends Migration {
  override up(): void {
    this.addSql(`alter table "auth_login_attempt" add column "places" timestamptz[] not null default '{}'`);
  }

  override down(): void {
    this.addSql('alter table "auth_login_attempt" drop column "places"');
  }
}
