import { Migration } from '@mikro-orm/migrations';

/** Earlier refresh tokens that are still within their grace period. */
export class EarlierRotationsMigration extends Migration {
  override up(): void {
    this.addSql(`alter table "auth_session"
      add column "earlier_rotations" bytea[] null,
      add column "rapid_since" timestamptz null`);
  }

  override down(): void {
    this.addSql('alter table "auth_session" drop column "rapid_since", drop column "earlier_rotations"');
  }
}
