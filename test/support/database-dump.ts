import pg from 'pg';

export interface DumpedRow {
  readonly table: string;
  /** The row as JSON, with bytes in hex. */
  readonly text: string;
}

/** Ours and those of the job queue. */
const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
  order by 1`;

/** Every row of every table in a database. */
export async function dumpRows(url: string): Promise<DumpedRow[]> {
  const client = new pg.Client({ connectionString: url });
  // The server may stop in between.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ table: string }>(TABLES);
    const parts = tables.map(({ table }) => `select '${table}' as table, row_to_json(t)::text as text from ${table} t`);
    if (parts.length === 0) return [];
    return (await client.query<DumpedRow>(parts.join(' union all '))).rows;
  } finally {
    await client.end();
  }
}

/** Every row of every database of a server that accepts connections. */
export async function dumpServer(url: string): Promise<DumpedRow[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const names = await client
    .query<{ name: string }>('select datname as name from pg_database where datallowconn and not datistemplate')
    .finally(() => client.end());
  const rows: DumpedRow[] = [];
  for (const { name } of names.rows)
    rows.push(...(await dumpRows(Object.assign(new URL(url), { pathname: `/${name}` }).href)));
  return rows;
}
