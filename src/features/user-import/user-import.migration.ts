import { Migration } from '@mikro-orm/migrations';

/** How far each file has been imported. */
export class UserImportMigration extends Migration {
  override up(): void {
    this.addSql(`create table "auth_import" (
      "id" uuid not null primary key,
      "fingerprint" bytea not null constraint "auth_import_fingerprint_unique" unique,
      "size" bigint not null,
      "byte_offset" bigint not null,
      "line" int not null,
      "imported" int not null,
      "skipped" int not null,
      "rejected" int not null,
      "rejected_bytes" bigint not null,
      "started_at" timestamptz not null,
      "updated_at" timestamptz not null,
      "finished_at" timestamptz null
    )`);
  }

  override down(): void {
    this.addSql('drop table "auth_import"');
  }
}
