import { Migration } from '@mikro-orm/migrations';

/**
 * What users are found by is folded further. Housekeeping does it for existing users, so that the migration does not write
 * them, and finds them by another index, which is built later.
 */
export class FoldedNamesMigration extends Migration {
  override up(): void {
    this.addSql('drop index if exists "auth_user_without_keys_index"');
  }

  override down(): void {
    this.addSql('drop index if exists "auth_user_outdated_keys_index"');
    // Housekeeping of the earlier release fills them in again.
    this.addSql(`update "auth_user" set "name_key" = null, "sort_name_key" = null, "display_name_key" = null
      where octet_length(concat(first_name, last_name, display_name)) > length(concat(first_name, last_name, display_name))`);
  }
}
