/** Returns how many statements PostgreSQL has run in a database so far. */
export type StatementCount = () => Promise<number>;

/** A server under test: one process or several that share the load. */
export interface Server {
  /** Such as `auth-subgraph`. */
  readonly name: string;
  readonly urls: readonly string[];
  readonly pids: readonly number[];
  /** If it uses a database. */
  readonly database?: {
    readonly url: string;
    readonly statements: StatementCount;
    /** Programs between the server and PostgreSQL, whose work counts as that of the database. */
    readonly poolerPids: readonly number[];
  };
}
