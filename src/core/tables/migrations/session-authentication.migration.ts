import { Migration } from '@mikro-orm/migrations';

/** How and when the user of a session was authenticated. Existing sessions were opened with a password. */
export class SessionAuthenticationMigration extends Migration {
  override up(): void {
    this.addSql(`alter table "auth_session"
      add column "amr" text[] not null default '{pwd}',
      add column "authenticated_at" timestamptz null`);
  }

  override down(): void {
    this.addSql('alter table "auth_session" drop column "authenticated_at", drop column "amr"');
  }
}
