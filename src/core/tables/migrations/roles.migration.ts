import { Migration } from '@mikro-orm/migrations';

/** Roles, the time of their last change, and the indexes that find recent revocations. */
export class RolesMigration extends Migration {
  override up(): void {
    this.addSql(`alter table "auth_user"
      add column "roles" text[] not null default '{}',
      add column "tokens_not_before" timestamptz null`);
    // Partial indexes, which neither a sign-in nor a rotation touches, so that both stay HOT updates.
    this.addSql(`create index "auth_user_tokens_not_before_index" on "auth_user" ("tokens_not_before")
      where "tokens_not_before" is not null`);
    this.addSql(`create index "auth_session_revoked_at_index" on "auth_session" ("revoked_at")
      where "revoked_at" is not null`);
  }

  override down(): void {
    this.addSql('drop index "auth_session_revoked_at_index"');
    this.addSql('drop index "auth_user_tokens_not_before_index"');
    this.addSql('alter table "auth_user" drop column "tokens_not_before", drop column "roles"');
  }
}
