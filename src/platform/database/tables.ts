import type { EntityClass, MigrationObject } from '@mikro-orm/postgresql';

/** Which tables there are, and how they came to be: migrations run in this order. */
export interface Tables {
  readonly entities: readonly EntityClass[];
  readonly migrations: readonly MigrationObject[];
}
