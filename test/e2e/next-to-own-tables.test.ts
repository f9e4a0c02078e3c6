import { describe, expect, test } from '@jest/globals';
import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql';
import { AUTH_ENTITIES, UserEntity } from '../../src/index.js';
import { blocksOf } from '../support/pages.js';
import { createOwnedDatabase, type OwnedDatabase } from '../support/owned-database.js';
import { runCommand } from '../support/service-process.js';

const Note = defineEntity({
  name: 'Note',
  tableName: 'note',
  properties: { id: p.integer().primary(), text: p.string(), author: () => p.manyToOne(UserEntity) },
});

/** As the guide sets it. */
const SCHEMA_GENERATOR = { skipTables: [/^auth_/], ignoreSchema: ['auth_jobs'] };

async function updateSchema(database: OwnedDatabase, schemaGenerator: object): Promise<void> {
  const orm = await MikroORM.init({ clientUrl: database.url, entities: [...AUTH_ENTITIES, Note], schemaGenerator });
  try {
    await orm.schema.update();
  } finally {
    await orm.close();
  }
}

async function migrate({ url }: OwnedDatabase): Promise<{ code: number | null; output: string }> {
  return runCommand(['migrate'], { DATABASE_URL: url });
}

async function objectsOf(database: OwnedDatabase): Promise<unknown> {
  const columns = `select table_schema, table_name, column_name, data_type, column_default from information_schema.columns
    where table_name like 'auth%' or table_schema like 'auth%' order by 1, 2, 3`;
  const indexes = `select indexdef from pg_indexes where tablename like 'auth%' or schemaname like 'auth%' order by 1`;
  return [await database.admin(columns), await database.admin(indexes)];
}

describe('an application with its tables in the same database', () => {
  test('leaves ours as they are with the settings of the guide, and may refer to users', async () => {
    const [block] = blocksOf('docs/guides/databases.md', 'ts');
    expect(block?.code).toContain("schemaGenerator: { skipTables: [/^auth_/], ignoreSchema: ['auth_jobs'] }");
    const database = await createOwnedDatabase();
    expect((await migrate(database)).code).toBe(0);
    const before = await objectsOf(database);

    await updateSchema(database, SCHEMA_GENERATOR);
    expect(await objectsOf(database)).toEqual(before);
    const keys = `select confrelid::regclass::text as users from pg_constraint where conrelid = 'note'::regclass and contype = 'f'`;
    expect(await database.admin(keys)).toEqual([{ users: 'auth_user' }]);
    expect((await migrate(database)).code).toBe(0);
    expect(await objectsOf(database)).toEqual(before);
  });

  test('whose generator ignores the job queue only has dropped the list of migrations, which the error names', async () => {
    const database = await createOwnedDatabase();
    expect((await migrate(database)).code).toBe(0);
    await updateSchema(database, { ignoreSchema: ['auth_jobs'] });
    const { code, output } = await migrate(database);
    expect(code).toBe(1);
    expect(output).toContain('restore "auth_migration", which is missing');
  });
});
