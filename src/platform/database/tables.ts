import type { EntityClass, MigrationObject } from '@mikro-orm/postgresql';

/** An index that is built after the migrations, while the service reads and writes. */
export interface IndexDefinition {
  readonly name: string;
  /** What follows `create index concurrently NAME on`: the table, the columns and the condition. */
  readonly on: string;
}

/** Which tables there are, and how they came to be: migrations run in this order. */
export interface Tables {
  readonly entities: readonly EntityClass[];
  readonly migrations: readonly MigrationObject[];
  readonly indexes?: readonly IndexDefinition[];
}
