import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import {
  CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
} from 'kysely';
import { statementName } from './prepared-statements.js';
import type { StatementObserver } from './statement-observer.js';

/** A statement whose text is compiled once; its values come with each call. */
export interface Statement<Row, Values> {
  readonly text: string;
  readonly name: string | undefined;
  readonly valuesOf: (values: Values) => unknown[];
  /** The type of the rows; never set. */
  readonly row?: Row;
}

/** The part of a connection pool that statements need, so that the published types do not depend on those of pg. */
export interface StatementPool {
  connect(): Promise<{
    query(query: { readonly text: string; readonly values: unknown[]; readonly name?: string }): Promise<{
      readonly rows: unknown[];
    }>;
    release(): void;
  }>;
}

/** The keys of a batch. */
export type NonEmpty<Key> = readonly [Key, ...Key[]];

/** Larger batches hardly save more, and one statement should not keep many requests waiting. */
const MAX_GATHERED = 100;

/** Compiles without a connection. */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** Stands for a value in a template. */
class Placeholder {
  constructor(readonly name: string) {}
}

/**
 * Compiles a statement from a template. The template is called once, with placeholders: it may put values into the
 * statement, but not read or copy them.
 */
export function statement<Row, Values extends object>(
  template: (values: Values) => RawBuilder<Row>,
): Statement<Row, Values> {
  const placeholders = new Proxy({}, { get: (_target, name) => new Placeholder(String(name)) }) as Values;
  const { sql: text, parameters } = template(placeholders).compile(compiler);
  if (parameters.includes(undefined)) throw new TypeError(`a template copies its values: ${text}`);
  const valuesOf = (values: Values): unknown[] =>
    parameters.map((value) => (value instanceof Placeholder ? values[value.name as keyof Values] : value));
  return { text, name: statementName(text), valuesOf };
}

/** Runs compiled statements: in the open transaction of the EntityManager, or else directly on the connection pool. */
export class StatementRunner {
  constructor(
    private readonly em: EntityManager,
    private readonly pool: StatementPool,
    /** Whether the server plans each statement once per connection. */
    private readonly prepares: boolean,
    private readonly observer?: StatementObserver,
  ) {}

  /** Whether the caller is inside a transaction. Its statements join it. */
  get isInTransaction(): boolean {
    return this.em.isInTransaction();
  }

  /**
   * Combines the lookups that requests make in the same turn of the event loop into one call, which returns the results in
   * the same order. Nothing is cached: a lookup in the next turn is part of the next call. A lookup inside a transaction
   * is made alone, because others must not become part of the transaction.
   * @param name the repository and its method
   */
  gather<Key extends object, Result>(
    name: string,
    lookUp: (keys: NonEmpty<Key>) => Promise<readonly Result[]>,
    maxBatchSize = MAX_GATHERED,
  ): (key: Key) => Promise<Result> {
    const { observer } = this;
    const outside = AsyncLocalStorage.snapshot();
    const run = observer ? (keys: NonEmpty<Key>) => observer.run(name, () => lookUp(keys), keys) : lookUp;
    const loader = new DataLoader<Key, Result>((keys) => run(keys as NonEmpty<Key>), {
      cache: false,
      maxBatchSize,
      batchScheduleFn: (run) => setImmediate(() => outside(run)),
    });
    return async (key) => {
      observer?.noteAsked(key);
      if (!this.isInTransaction) return loader.load(key);
      const [result] = await run([key]);
      return result as Result;
    };
  }

  async rows<Row, Values>({ name, text, valuesOf }: Statement<Row, Values>, given: Values): Promise<Row[]> {
    const values = valuesOf(given);
    if (this.isInTransaction) {
      const { rows } = await this.em.getKysely().executeQuery<Row>(CompiledQuery.raw(text, values));
      return rows;
    }
    // Not `pool.query`, which uses a callback: only statements with a promise are repeated after a serialization failure.
    const client = await this.pool.connect();
    try {
      const query = this.prepares && name !== undefined ? { name, text, values } : { text, values };
      const { rows } = await client.query(query);
      return rows as Row[];
    } finally {
      client.release();
    }
  }
}
