import { hasPgBouncer, startPgBouncer } from '../../../test/support/pgbouncer.js';
import { afterwards } from '../clean-up.js';
import type { Database } from '../cluster.js';
import { UsageError } from '../../workload/numeric-option.js';

/** A database behind a pooler. Its statements are those that reach PostgreSQL. */
export interface Pooled {
  readonly database: Database;
  readonly pid: number;
}

/** @throws UsageError PgBouncer is not installed */
export function requirePgBouncer(): void {
  if (!hasPgBouncer)
    throw new UsageError("--pgbouncer needs Debian's PgBouncer, which is not installed (apt-get install pgbouncer)");
}

/** Starts a PgBouncer in transaction mode in front of a database. The cleanup stops it. */
export async function poolerFor(database: Database): Promise<Pooled> {
  const pooler = await startPgBouncer(database.url);
  afterwards(() => pooler.stop());
  return { database: { ...database, url: pooler.url }, pid: pooler.pid };
}
