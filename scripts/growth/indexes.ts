import type { Client } from 'pg';

interface Definition {
  readonly table: string;
  readonly name: string;
  readonly kind: 'constraint' | 'foreign key' | 'index';
  readonly definition: string;
}

/** The constraints and indexes of tables, and the foreign keys that refer to them, as the catalog describes them. */
const DEFINITIONS = `
  select conrelid::regclass::text as table, quote_ident(conname) as name,
    case contype when 'f' then 'foreign key' else 'constraint' end as kind, pg_get_constraintdef(oid) as definition
  from pg_constraint
  where contype in ('p', 'u', 'f') and (conrelid = any($1::regclass[]) or confrelid = any($1::regclass[]))
  union all
  select indrelid::regclass::text, quote_ident(relname), 'index', pg_get_indexdef(indexrelid)
  from pg_index join pg_class on pg_class.oid = indexrelid
  where indrelid = any($1::regclass[]) and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u'))
  order by 1, 2`;

/** Loads rows without indexes, and then creates those of the migrations again, which is several times faster. */
export async function withoutIndexes(
  client: Client,
  tables: readonly string[],
  load: () => Promise<void>,
  report: (done: string) => void,
): Promise<void> {
  const read = async (): Promise<Definition[]> => (await client.query<Definition>(DEFINITIONS, [tables])).rows;
  const before = await read();
  const of = (wanted: Definition['kind']): Definition[] => before.filter(({ kind }) => kind === wanted);
  // A foreign key depends on the primary key that it refers to.
  for (const { table, name } of [...of('foreign key'), ...of('constraint')])
    await client.query(`alter table ${table} drop constraint ${name}`);
  for (const { name } of of('index')) await client.query(`drop index ${name}`);
  await load();
  for (const { table, name, kind, definition } of [...of('constraint'), ...of('index'), ...of('foreign key')]) {
    await client.query(kind === 'index' ? definition : `alter table ${table} add constraint ${name} ${definition}`);
    report(`created ${name}`);
  }
  if (JSON.stringify(await read()) !== JSON.stringify(before))
    throw new Error('the indexes differ from before the load');
}

/** The number of levels below the root of each B-tree, by name. A search visits one page more than that. */
export async function indexLevels(client: Client, tables: readonly string[]): Promise<Record<string, number>> {
  await client.query('create extension if not exists pageinspect');
  const { rows } = await client.query<{ name: string; level: number }>(
    `select relname as name, (bt_metap(indexrelid::regclass::text)).level::int as level
     from pg_index join pg_class on pg_class.oid = indexrelid where indrelid = any($1::regclass[]) order by relname`,
    [tables],
  );
  return Object.fromEntries(rows.map(({ name, level }) => [name, level]));
}

/** The size of each table and of its indexes, in megabytes. */
export async function sizesOf(client: Client, tables: readonly string[]): Promise<Record<string, number>> {
  const { rows } = await client.query<{ name: string; mb: number }>(
    `select relname as name, round(pg_relation_size(oid) / 1048576.0, 2)::float8 as mb from pg_class
     where oid = any($1::regclass[]) or oid in (select indexrelid from pg_index where indrelid = any($1::regclass[]))
     order by relname`,
    [tables],
  );
  return Object.fromEntries(rows.map(({ name, mb }) => [name, mb]));
}
