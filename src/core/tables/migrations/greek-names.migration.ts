import { Migration } from '@mikro-orm/migrations';

const KEYS = ['name_key', 'sort_name_key', 'display_name_key'];

/** A final sigma in what users are found by becomes the usual one, as in every search from now on. */
export class GreekNamesMigration extends Migration {
  override up(): void {
    const replaced = KEYS.map((key) => `"${key}" = replace("${key}", 'ς', 'σ')`);
    const isAffected = KEYS.map((key) => `position('ς' in "${key}") > 0`);
    this.addSql(`update "auth_user" set ${replaced.join(', ')} where ${isAffected.join(' or ')}`);
  }

  override down(): void {
    // Housekeeping of the earlier release fills them in again.
    for (const key of KEYS) this.addSql(`update "auth_user" set "${key}" = null where position('σ' in "${key}") > 0`);
  }
}
