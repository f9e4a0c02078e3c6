import { Migration } from '@mikro-orm/migrations';

/**
 * Free space on the pages of users and devices. A sign-in changes no indexed column of either, and if the new version of the
 * row fits on its page, it is a HOT update. Applies to new pages; those that are full get space when they are vacuumed.
 */
export class RoomForUpdatesMigration extends Migration {
  override up(): void {
    for (const table of ['auth_user', 'auth_device']) this.addSql(`alter table "${table}" set (fillfactor = 90)`);
  }

  override down(): void {
    for (const table of ['auth_device', 'auth_user']) this.addSql(`alter table "${table}" reset (fillfactor)`);
  }
}
