import type { TestDatabase } from './database.js';

/** Every row of every table, as text, and the name of its table: ours and those of the job queue. */
export async function dumpRows(database: TestDatabase): Promise<{ table: string; text: string }[]> {
  const tables = await database.sql<{ table: string }>(
    `select format('%I.%I', n.nspname, c.relname) as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
     order by 1`,
  );
  const rows: { table: string; text: string }[] = [];
  for (const { table } of tables)
    for (const { text } of await database.sql<{ text: string }>(`select t::text as text from ${table} t`))
      rows.push({ table, text });
  return rows;
}
