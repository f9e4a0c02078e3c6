import { Migration } from '@mikro-orm/migrations';

/** Counts calls. Losing the counts in a crash is better than writing each of them to the WAL. */
export class RateLimitsMigration extends Migration {
  override up(): void {
    this.addSql(`create unlogged table "auth_rate_limit" (
      "key" varchar(255) primary key, "points" int not null, "expire" bigint null) with (fillfactor = 70)`);
  }

  override down(): void {
    this.addSql('drop table "auth_rate_limit"');
  }
}
