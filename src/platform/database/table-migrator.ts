import { Migrator as MikroOrmMigrator } from '@mikro-orm/migrations';

type Orm = Parameters<typeof MikroOrmMigrator.register>[0];

/**
 * MikroORM's migrator without its preparations. They create a table in `public` regardless of the search path and
 * outside the migration's transaction. They also create a database if none with that name seems to exist, as behind a
 * pooler. The class keeps the original's name; otherwise MikroORM would also register its own.
 */
export class Migrator extends MikroOrmMigrator {
  static override register(orm: Orm): void {
    orm.config.registerExtension('@mikro-orm/migrator', () => new Migrator(orm.em as never));
  }

  override async init(): Promise<void> {
    // `up` creates its table in the right schema.
  }
}
