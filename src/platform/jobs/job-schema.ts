import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { inspectUsable, jobSchemaOf, quote } from '../database/installation.js';

/** The schema of the job tables, for a statement on the same database; `undefined` if it has not been created. */
export async function jobSchema(em: EntityManager): Promise<RawBuilder<unknown> | undefined> {
  const { hasJobSchema, schema } = await inspectUsable(em);
  return hasJobSchema ? sql.raw(quote(jobSchemaOf(schema))) : undefined;
}
