import { Migrator as MikroOrmMigrator } from '@mikro-orm/migrations';

type Orm = Parameters<typeof MikroOrmMigrator.register>[0];

/**
 * MikroORM's migrator without its preparations: they make a table in `public` whatever the search path is, outside the
 * transaction of the migrations, and a database if there seems to be none of that name, as behind a pooler. Under any
 * other name, MikroORM would register its own in addition.
 */
export class Migrator extends MikroOrmMigrator {
  static override register(orm: Orm): void {
    orm.config.registerExtension('@mikro-orm/migrator', () => new Migrator(orm.em as never));
  }

  override async init(): Promise<void> {
    // `up` makes its table where it is told to.
  }
}
