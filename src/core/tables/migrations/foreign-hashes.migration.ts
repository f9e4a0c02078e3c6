import { Migration } from '@mikro-orm/migrations';

/** Hashes of other systems are longer than those of bcrypt. Changes the catalogue only; no row is rewritten. */
export class ForeignHashesMigration extends Migration {
  override up(): void {
    this.addSql('alter table "auth_user" alter column "password_hash" type text');
  }

  override down(): void {
    // A longer hash is that of another system, which older releases cannot verify. A reset opens such an account.
    this.addSql('update "auth_user" set "password_hash" = null where length("password_hash") > 100');
    this.addSql('alter table "auth_user" alter column "password_hash" type varchar(100)');
  }
}
