import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getRollbackPlans } from 'pg-boss';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { gateBefore } from '../support/database-gate.js';
import { hasDebianPostgres, startDebianPostgres, type PostgresServer } from '../support/debian-postgres.js';
import { startMailServer, type MailServer } from '../support/mail-server.js';
import { createOwnedDatabase, type OwnedDatabase } from '../support/owned-database.js';
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { runCommand, startService, type ServiceProcess } from '../support/service-process.js';
import { atOnce } from '../support/shared-database.js';
import { until } from '../support/until.js';

const MINUTE_MS = 60_000;
const PROCESSES = 5;
const LONG_WAIT_MS = 6_000;

let mails: MailServer;
beforeAll(async () => {
  mails = await startMailServer();
});

async function start(url: string, settings: Record<string, string> = {}): Promise<ServiceProcess> {
  return startService({ DATABASE_URL: url, SMTP_URL: mails.url, ...settings });
}

/** Everything that a client does, in one session. */
async function useEverything(service: ServiceProcess, server = mails): Promise<void> {
  const ada = await service.register({ firstName: 'Łukasz Ελλη 木' });
  const { refreshToken } = await service.login(ada);
  const refreshed = await atOnce(10, () => service.refresh(refreshToken));
  expect(new Set(refreshed.map(({ __typename }) => __typename))).toEqual(new Set(['LoginSuccess']));
  expect(new Set(refreshed.map(({ tokens }) => tokens?.refreshToken)).size).toBe(1);
  // A control character is removed, so that this client has no name.
  const nameless = { headers: { 'user-agent': '\u0080' } };
  const again = await service.refresh(refreshed[0]?.tokens?.refreshToken ?? '', nameless);
  const token = again.tokens?.accessToken;
  const { data } = await service.request<{ me: { firstName: string; sessions: Record<string, string>[] } }>(
    '{ me { firstName sessions { createdAt lastUsedAt expiresAt userAgent } } }',
    {},
    { token },
  );
  expect(data.me.firstName).toBe('Łukasz Ελλη 木');
  expect(data.me.sessions).toHaveLength(2);
  expect(data.me.sessions.map(({ userAgent }) => userAgent)).toEqual(['node', 'node']);
  for (const { createdAt = '', lastUsedAt = '', expiresAt = '' } of data.me.sessions) {
    // Minutes apart at most; another zone or order of day and month is further off.
    for (const past of [createdAt, lastUsedAt])
      expect(Math.abs(Date.parse(past) - Date.now())).toBeLessThan(10 * MINUTE_MS);
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
  }
  const passwords = { currentPassword: ada.password, newPassword: 'another horse battery staple' };
  expect((await service.mutate('changePassword', passwords, { token })).__typename).toBe('PasswordChanged');
  expect((await service.mutate('logout', undefined, { token })).__typename).toBe('SessionRevoked');
  await until(() => server.to(ada.email, 'password-changed')[0], 'the email about the new password');
}

/** Starts the service twice, one after the other, and uses it both times. */
async function worksTwice(url: string, settings: Record<string, string> = {}): Promise<void> {
  for (let turn = 1; turn <= 2; turn += 1) {
    const service = await start(url, settings);
    await useEverything(service);
    expect((await readiness(service)).status).toBe(200);
    expect(await service.stop()).toBe(0);
    expect(service.output()).not.toContain('the job queue failed');
  }
}

/** A refresh that waits for another change of its session goes on with what it finds then. */
async function refreshesLate(service: ServiceProcess, database: OwnedDatabase): Promise<void> {
  const ada = await service.register();
  const change = `update auth_session set last_used_at = last_used_at where id = '${ada.sessionId}'`;
  const late = await database.holdingBack(change, () => service.refresh(ada.refreshToken));
  expect(late.__typename).toBe('LoginSuccess');
}

async function readiness(service: ServiceProcess): Promise<{ status: number; text: string }> {
  const response = await fetch(new URL('/health/ready', service.url));
  return { status: response.status, text: ((await response.json()) as { status: string }).status };
}

/** Starts the service on a database that it refuses; returns what it prints. */
async function refusal(url: string): Promise<string> {
  const { code, output } = await runCommand(['serve'], { DATABASE_URL: url });
  expect(code).toBe(1);
  expect(output).not.toMatch(/^\s+at /m);
  return output;
}

async function tablesIn(database: OwnedDatabase): Promise<string[]> {
  const rows = await database.admin<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** The statements of the documentation, for the roles and schemas of a test. */
async function grant(database: OwnedDatabase, role: string, schema: string): Promise<void> {
  const text = await readFile(new URL('../../docs/guides/databases.md', import.meta.url), 'utf8');
  const statements = /```sql\n([^`]+)```/.exec(text)?.[1] ?? '';
  const jobs = schema === 'public' ? 'auth_jobs' : `"auth_jobs_${schema}"`;
  await database.admin(
    statements
      .replaceAll('auth_app', `"${role}"`)
      .replaceAll('auth_owner', `"${database.name}"`)
      .replaceAll('auth_jobs', jobs)
      .replaceAll('public', `"${schema}"`),
  );
}

/** Runs what the service prints between backquotes: the statement that fixes the database. */
async function mend(database: OwnedDatabase, output: string): Promise<void> {
  await database.admin(/`([^`]+)`/.exec(output)?.[1] ?? '');
}

/** Runs the statements that the service prints to grant privileges. */
async function grantAsPrinted(database: OwnedDatabase, output: string): Promise<void> {
  for (const [, statement = ''] of output.matchAll(/`(grant [^`]+)`/g)) await database.admin(statement);
}

/** What `doctor` finds out. */
async function doctorFinds(url: string, check: string): Promise<Finding | undefined> {
  const { stdout } = await runCommand(['doctor', '--json'], { DATABASE_URL: url });
  const findings = stdout.trim().split('\n');
  return findings.map((line) => JSON.parse(line) as Finding).find((finding) => finding.check === check);
}

/** What it finds out about the privileges of a role. */
const privilegesOf = (url: string): Promise<Finding | undefined> => doctorFinds(url, 'privileges');

/** A database with all tables, and a role that may read and write its rows. */
async function migratedDatabase(): Promise<{ database: OwnedDatabase; role: string; url: string }> {
  const database = await createOwnedDatabase();
  const role = await database.addRole('app');
  expect((await runCommand(['migrate'], { DATABASE_URL: database.url })).code).toBe(0);
  await grant(database, role, 'public');
  return { database, role, url: database.urlOf(role) };
}

/** Defaults that an operator may have, none of which the service is written for. */
const ODD_SETTINGS = {
  datestyle: 'German',
  intervalstyle: 'sql_standard',
  timezone: 'Asia/Kathmandu',
  client_encoding: 'LATIN1',
  standard_conforming_strings: 'off',
  bytea_output: 'escape',
  array_nulls: 'off',
  extra_float_digits: '-15',
  idle_session_timeout: '500ms',
  idle_in_transaction_session_timeout: '500ms',
  lock_timeout: '1ms',
};

describe.each([
  { name: 'PostgreSQL 18', isInstalled: true, startServer: () => Promise.resolve(undefined) },
  { name: 'PostgreSQL 15 of Debian', isInstalled: hasDebianPostgres, startServer: startDebianPostgres },
])('on $name', ({ name, isInstalled, startServer }) => {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    if (isInstalled) server = await startServer();
    else process.stderr.write(`${name} is not installed: its tests are skipped\n`);
  });
  afterAll(async () => server?.stop());

  const testHere = isInstalled ? test : test.skip;
  const create = (clauses = ''): Promise<OwnedDatabase> => createOwnedDatabase(clauses, server?.url);

  testHere('the owner of the database serves on the schema public', async () => {
    const database = await create();
    await worksTwice(database.url);
    expect(await tablesIn(database)).toEqual(expect.arrayContaining(['public.auth_migration', 'auth_jobs.job']));
  });

  testHere('a role with its own schema keeps everything out of public', async () => {
    const database = await create();
    await database.admin(`create schema ${database.name} authorization ${database.name}`);
    await worksTwice(database.url);
    const tables = await tablesIn(database);
    expect(tables).toContain(`${database.name}.auth_migration`);
    expect(tables.filter((table) => table.startsWith('public.') || table.startsWith('auth_jobs.'))).toEqual([]);
  });

  testHere('after migrate a role that may only read and write rows serves', async () => {
    const database = await create();
    const role = await database.addRole('app');
    const settings = { MIGRATE_ON_START: 'false' };
    const early = await runCommand(['serve'], { DATABASE_URL: database.url, ...settings });
    expect(early).toMatchObject({ code: 5, output: expect.stringContaining('auth-subgraph migrate') });
    expect(await tablesIn(database)).toEqual([]);
    expect((await runCommand(['migrate'], { DATABASE_URL: database.url })).code).toBe(0);
    await grant(database, role, 'public');
    await worksTwice(database.urlOf(role), settings);
    // Nothing is left to do, so that the default setting does no harm either.
    await worksTwice(database.urlOf(role));
  });

  testHere(
    'a role without a privilege that it needs is refused, and reported by doctor; the printed statements fix it',
    async () => {
      const database = await create();
      const role = await database.addRole('app');
      const url = database.urlOf(role);
      expect((await runCommand(['migrate'], { DATABASE_URL: database.url })).code).toBe(0);
      await grant(database, role, 'public');
      await database.admin('revoke execute on all functions in schema auth_jobs from public');
      for (const [privilege, name] of [
        ['all on auth_device', 'auth_device'],
        ['delete on auth_outbox', 'auth_outbox'],
        ['update on auth_jobs.job_common', 'auth_jobs.job_common'],
        ['all on auth_jobs.job', 'auth_jobs.job'],
        ['execute on function auth_jobs.job_now()', 'auth_jobs.job_now()'],
      ] as const) {
        await database.admin(`revoke ${privilege} from "${role}"`);
        const output = await refusal(url);
        expect(output).toContain(`The role "${role}" may not use everything that it needs: ${name}. As the owner`);
        expect(await privilegesOf(url)).toMatchObject({ status: 'failure', detail: expect.stringContaining(name) });
        await grantAsPrinted(database, output);
      }
      // Migrations are only read.
      await database.admin(`revoke insert, update, delete on auth_migration from "${role}"`);
      expect(await privilegesOf(url)).toMatchObject({ status: 'ok' });
      await worksTwice(url);
    },
  );

  testHere('defaults of the database make no difference', async () => {
    const database = await create();
    for (const [setting, value] of Object.entries(ODD_SETTINGS))
      await database.admin(`alter database ${database.name} set ${setting} to '${value}'`);
    await worksTwice(database.url);
  });

  testHere.each(['repeatable read', 'serializable'])(
    'a default isolation level of %s makes no difference',
    async (level) => {
      const database = await create();
      await database.admin(`alter role ${database.name} set default_transaction_isolation to '${level}'`);
      const service = await start(database.url);
      await useEverything(service);
      await refreshesLate(service, database);
      expect(await service.stop()).toBe(0);
    },
  );
});

describe('a schema', () => {
  test('may have any name on the search path of the role or the address', async () => {
    const database = await createOwnedDatabase();
    await database.admin(`create schema "Zugänge Süd" authorization ${database.name}`);
    await database.admin(`alter role ${database.name} set search_path to "Zugänge Süd"`);
    await worksTwice(database.url);
    const tables = await tablesIn(database);
    expect(tables).toContain('"Zugänge Süd".auth_migration');
    expect(tables).toContain('"auth_jobs_Zugänge Süd".job');
    await database.admin(`create schema other authorization ${database.name}`);
    await worksTwice(`${database.url}&options=-c%20search_path%3Dother`);
    expect(await tablesIn(database)).toContain('other.auth_migration');
  });

  test.each(['Auth Süd', 'user'])(
    'is named as it is in the statements that grant missing privileges: %s',
    async (name) => {
      const database = await createOwnedDatabase();
      const role = await database.addRole('app@acme 100%');
      await database.admin(`create schema "${name}" authorization ${database.name}`);
      await database.admin(`alter database ${database.name} set search_path to "${name}"`);
      expect((await runCommand(['migrate'], { DATABASE_URL: database.url })).code).toBe(0);
      await database.admin(`grant usage on schema "${name}" to "${role}"`);
      const output = await refusal(database.urlOf(role));
      expect(output).toContain('permission denied for table auth_migration');
      const jobs = name === 'user' ? 'auth_jobs_user' : `"auth_jobs_${name}"`;
      expect(output).toContain(`\`grant usage on schema "${name}", ${jobs} to "${role}"\``);
      await grantAsPrinted(database, output);
      const service = await start(database.urlOf(role));
      expect(await service.stop()).toBe(0);
    },
  );

  test('is the first of the search path that is not reserved by PostgreSQL', async () => {
    const database = await createOwnedDatabase();
    const role = await database.addRole('app');
    await database.admin(`create schema app; alter role "${role}" set search_path to pg_catalog, app`);
    await database.admin(`grant usage on schema app to "${role}"`);
    await database.admin(`create schema auth_jobs_app authorization "${role}"`);
    const output = await refusal(database.urlOf(role));
    expect(output).toContain('may not create tables in the schema "app"');
    await mend(database, output);
    const service = await start(database.urlOf(role));
    expect(await tablesIn(database)).toContain('app.auth_migration');
    expect(await service.stop()).toBe(0);
  });

  test('delivers its own events only, next to another service in the same database', async () => {
    const database = await createOwnedDatabase();
    const services = [];
    for (const schema of ['one', 'two']) {
      await database.admin(`create schema ${schema} authorization ${database.name}`);
      const inbox = await startMailServer();
      const url = `${database.url}&options=-c%20search_path%3D${schema}`;
      services.push({ service: await start(url, { SMTP_URL: inbox.url }), inbox });
    }
    // If one service took an event of the other, no email would be sent: it does not know the user.
    await Promise.all(services.map(({ service, inbox }) => useEverything(service, inbox)));
    for (const { service } of services) expect(await service.stop()).toBe(0);
  });

  test('that the role may not write to is rejected, and so is a job queue; the printed statement fixes it', async () => {
    const database = await createOwnedDatabase();
    const role = await database.addRole('app');
    const noTables = await refusal(database.urlOf(role));
    expect(noTables).toContain('may not create tables in the schema "public"');
    await mend(database, noTables);
    const noJobs = await refusal(database.urlOf(role));
    expect(noJobs).toContain('may not create the schema of the job queue');
    expect(await tablesIn(database)).toEqual([]);
    await database.admin('create schema auth_jobs');
    const noQueue = await refusal(database.urlOf(role));
    expect(noQueue).toContain('may not create the job queue in the schema "auth_jobs"');
    expect(await tablesIn(database)).toEqual([]);
    await mend(database, noQueue);
    await worksTwice(database.urlOf(role));
  });

  test('whose tables belong to another role is migrated by that role only', async () => {
    const database = await createOwnedDatabase();
    const role = await database.addRole('app');
    expect((await runCommand(['migrate'], { DATABASE_URL: database.url })).code).toBe(0);
    await grant(database, role, 'public');
    await database.admin('delete from auth_migration where id = (select max(id) from auth_migration)');
    expect(await refusal(database.urlOf(role))).toContain(
      `The role "${role}" may not change the tables, which belong to "${database.name}". Run \`auth-subgraph migrate\``,
    );
    await runCommand(['migrate'], { DATABASE_URL: database.url });
    await database.admin('drop index auth_user_created_index');
    expect(await refusal(database.urlOf(role))).toContain('may not change the tables, which belong to');
    // A member of the owner may change them.
    await database.admin(`grant "${database.name}" to "${role}"`);
    expect(await refusal(database.urlOf(role))).not.toContain('may not change the tables');
  });

  test('that is not on the search path is rejected', async () => {
    const database = await createOwnedDatabase();
    await database.admin(`alter role ${database.name} set search_path to nowhere`);
    expect(await refusal(database.url)).toContain('contains no schema that it may use');
  });

  test.each([
    'create table auth_user (id int)',
    'create table auth_device (id int)',
    'create table auth_migration (n int)',
    `create type auth_user as enum ('a')`,
  ])('with a table or type of another application is rejected and left unchanged: %s', async (statement) => {
    const database = await createOwnedDatabase();
    await database.admin(statement);
    const [, kind, name = ''] = statement.split(' ');
    const output = await refusal(database.url);
    expect(output).toContain(`The database already has a table or type "${name}"`);
    expect(await tablesIn(database)).toEqual(kind === 'table' ? [`public.${name}`] : []);
  });
});

test('a schema of the job queue with the tables of another application is rejected and left unchanged', async () => {
  const database = await createOwnedDatabase();
  await database.admin(`create schema auth_jobs authorization ${database.name}; create table auth_jobs.job (id int)`);
  expect(await refusal(database.url)).toContain('The schema "auth_jobs" contains tables of another application');
  expect(await tablesIn(database)).toEqual(['auth_jobs.job']);
});

test('row-level security that hides rows is rejected, and reported by doctor; the printed statement fixes it', async () => {
  const { database, role, url } = await migratedDatabase();
  await database.admin('create table auth_of_another_application (id int)');
  await database.admin('alter table auth_of_another_application enable row level security');
  await database.admin('alter table auth_device enable row level security');
  for (const command of ['select', 'update', 'delete'])
    await database.admin(`create policy ${command}s on auth_device for ${command} to "${role}" using (true)`);
  await database.admin(`create policy inserts on auth_device for insert to "${role}" with check (true)`);
  await database.admin('alter table auth_migration enable row level security');
  const unmigrated = await runCommand(['serve'], { DATABASE_URL: url, MIGRATE_ON_START: 'false' });
  expect(unmigrated).toMatchObject({ code: 1, output: expect.stringContaining('in auth_migration. As the owner') });
  await database.admin('alter table auth_migration disable row level security');
  for (const table of ['auth_user', 'auth_migration', 'auth_jobs.job_common']) {
    await database.admin(`alter table ${table} enable row level security`);
    await database.admin(`create policy selecting on ${table} for select to "${role}" using (true)`);
    const output = await refusal(url);
    expect(output).toContain(`Row-level security hides rows from the role "${role}", in ${table}.`);
    expect(await doctorFinds(url, 'database')).toMatchObject({
      status: 'failure',
      detail: expect.stringContaining(table),
    });
    await database.admin(/`(create policy [^`]+)`/.exec(output)?.[1] ?? '');
  }
  await worksTwice(url);
});

test('a second service that finds the tables of the first one is told how to have its own', async () => {
  const { database } = await migratedDatabase();
  const role = await database.addRole('second');
  await database.admin(`create schema "${role}" authorization "${role}"`);
  await database.admin(`create schema "auth_jobs_${role}" authorization "${role}"`);
  const output = await refusal(database.urlOf(role));
  const [, separate = ''] = /another service, run `([^`]+)` instead/.exec(output) ?? [];
  await database.admin(separate);
  await worksTwice(database.urlOf(role));
  expect(await tablesIn(database)).toContain(`${role}.auth_user`);
});

test('a migration that waits for more than five seconds logs what for', async () => {
  const database = await createOwnedDatabase();
  const migrate = async (): Promise<string> => {
    const { code, output } = await runCommand(['migrate'], { DATABASE_URL: database.url });
    expect(code).toBe(0);
    return output;
  };
  const other = 'select pg_advisory_xact_lock(4951207316)';
  expect(await database.holdingBack(other, migrate, LONG_WAIT_MS)).toContain('waiting for another migration');
  expect(await migrate()).not.toContain('waiting');
  await database.admin('drop index auth_user_created_index');
  const backup = 'set transaction isolation level repeatable read; select 1';
  expect(await database.holdingBack(backup, migrate, LONG_WAIT_MS)).toContain('an index is being built, which waits');
});

test('a dry run of an import names the privilege that it needs', async () => {
  const database = await createOwnedDatabase();
  const role = await database.addRole('app');
  expect((await runCommand(['migrate'], { DATABASE_URL: database.url })).code).toBe(0);
  await grant(database, role, 'public');
  await database.admin(`revoke temporary on database ${database.name} from public`);
  const folder = await mkdtemp(join(tmpdir(), 'auth-dry-run-'));
  const file = join(folder, 'users.jsonl');
  await writeFile(file, `${JSON.stringify({ email: 'ada@example.com' })}\n`);
  const check = () => runCommand(['users', 'import', file, '--dry-run'], { DATABASE_URL: database.urlOf(role) });
  const { code, output } = await check();
  expect(code).toBe(1);
  expect(output).toContain(`\`grant temporary on database ${database.name} to ${role}\``);
  await grantAsPrinted(database, output);
  expect((await check()).output).not.toContain('temporary');
  await rm(folder, { recursive: true });
});

test('five concurrent checks of an empty database report pending migrations and leave it empty', async () => {
  const database = await createOwnedDatabase();
  const url = await gateBefore(database.url, PROCESSES);
  const settings = { DATABASE_URL: url, MIGRATE_ON_START: 'false' };
  for (const { code, output } of await atOnce(PROCESSES, () => runCommand(['serve'], settings))) {
    expect(code).toBe(5);
    expect(output).toContain('MIGRATE_ON_START is false, but the database schema is not up to date');
  }
  expect(await tablesIn(database)).toEqual([]);
});

test('a missing or outdated job queue is a pending migration', async () => {
  const database = await createOwnedDatabase();
  const settings = { DATABASE_URL: database.url, MIGRATE_ON_START: 'false' };
  const isRefused = async (): Promise<boolean> => (await runCommand(['serve'], settings)).code === 5;
  expect((await runCommand(['migrate'], settings)).code).toBe(0);
  await database.admin(getRollbackPlans('auth_jobs'));
  expect(await isRefused()).toBe(true);
  expect((await runCommand(['migrate'], settings)).code).toBe(0);
  await worksTwice(database.url, settings);
  await database.admin('drop schema auth_jobs cascade');
  expect(await isRefused()).toBe(true);
  expect((await runCommand(['migrate'], settings)).code).toBe(0);
  await worksTwice(database.url, settings);
});

test('a database whose encoding is not UTF8 is rejected, with the statement that creates a suitable one', async () => {
  const database = await createOwnedDatabase(`encoding 'LATIN1' locale 'C'`);
  const output = await refusal(database.url);
  expect(output).toContain('is encoded in LATIN1');
  expect(output).toContain(`\`create database "${database.name}_utf8" encoding 'UTF8' template template0\``);
  expect(await tablesIn(database)).toEqual([]);
});

test('a read-only database is not ready but serves reads, and the service recovers with it', async () => {
  const database = await createOwnedDatabase();
  const service = await start(database.url);
  const ada = await service.register();
  const turn = async (value: 'on' | 'off'): Promise<void> => {
    const setting = `alter database ${database.name} set default_transaction_read_only to ${value}`;
    await database.admin(`begin read write; ${setting}; commit`);
    await database.endConnections();
  };
  await turn('on');
  expect(await until(async () => notOk(await readiness(service)), 'the end of readiness')).toEqual({
    status: 503,
    text: 'database is read-only',
  });
  expect((await service.me(ada.accessToken)).data).toMatchObject({ me: { id: ada.userId } });
  const answer = await service.mutation('refresh', { refreshToken: ada.refreshToken });
  expect(answer).toMatchObject({ status: 200, data: { refresh: null }, errors: [{ path: ['refresh'] }] });
  expect(await refusal(database.url)).toContain('does not accept writes');
  expect(await doctorFinds(database.url, 'database')).toMatchObject({
    status: 'failure',
    detail: expect.stringContaining('does not accept writes'),
  });
  const created = await runCommand(['users', 'unlock', ada.email], { DATABASE_URL: database.url });
  expect(created).toMatchObject({ code: 1, output: expect.stringContaining('Connect to the primary') });
  await turn('off');
  await until(async () => (await readiness(service)).status === 200, 'readiness');
  expect((await service.refresh(ada.refreshToken)).__typename).toBe('LoginSuccess');
  expect(await service.stop()).toBe(0);
});

function notOk(ready: { status: number; text: string }): { status: number; text: string } | undefined {
  return ready.text === 'database is read-only' ? ready : undefined;
}

test('a database without its tables is not ready', async () => {
  const database = await createOwnedDatabase();
  const service = await start(database.url);
  await database.admin('alter table auth_user rename to auth_user_gone');
  expect(await readiness(service)).toEqual({ status: 503, text: 'database schema is missing or not up to date' });
  expect(await service.stop()).toBe(0);
});

test('a role that has no connections left is not reported as a server that is not running', async () => {
  const database = await createOwnedDatabase();
  await database.admin(`alter role "${database.name}" connection limit 0`);
  const output = await refusal(database.url);
  expect(output).toContain('too many connections for role');
  expect(output).toContain('Raise the limit of the role');
  expect(output).not.toContain('server is running');
});

test('doctor counts the connections that the role and the database may have', async () => {
  const { database, role, url } = await migratedDatabase();
  await database.admin(`alter role "${role}" connection limit 29`);
  expect(await doctorFinds(url, 'connections')).toMatchObject({
    status: 'warning',
    detail: expect.stringContaining('of 29 connections'),
  });
  await database.admin(`alter database ${database.name} connection limit 28`);
  expect((await doctorFinds(url, 'connections'))?.detail).toContain('of 28 connections');
});

describe('a socket', () => {
  const testHere = hasDebianPostgres ? test : test.skip;

  testHere('can be named in every way that the driver knows', async () => {
    const server = await startDebianPostgres();
    try {
      const database = await createOwnedDatabase('', server.url);
      const folder = encodeURIComponent(server.folder);
      const { port } = server;
      for (const url of [
        `postgresql://${database.name}@/${database.name}?host=${server.folder}&port=${String(port)}`,
        `postgres:///${database.name}?host=${folder}&port=${String(port)}&user=${database.name}`,
        `postgresql://${database.name}@${folder}:${String(port)}/${database.name}`,
        `socket://${database.name}@${server.folder}?db=${database.name}&port=${String(port)}`,
      ]) {
        const service = await start(url);
        expect((await readiness(service)).status).toBe(200);
        expect(await service.stop()).toBe(0);
      }
    } finally {
      await server.stop();
    }
  });
});

describe('PgBouncer in transaction mode', () => {
  if (!hasPgBouncer) process.stderr.write('PgBouncer is not installed: its tests are skipped\n');
  const testHere = hasPgBouncer ? test : test.skip;

  testHere.each([
    ['the defaults of PostgreSQL', {}],
    ['other defaults', { datestyle: 'German', timezone: 'Asia/Kathmandu', bytea_output: 'escape' }],
    ['the isolation level repeatable read', { default_transaction_isolation: 'repeatable read' }],
    ['the isolation level serializable', { default_transaction_isolation: 'serializable' }],
  ])('before a database with %s makes no difference', async (_name, defaults) => {
    const database = await createOwnedDatabase();
    for (const [setting, value] of Object.entries(defaults))
      await database.admin(`alter database ${database.name} set ${setting} to '${value}'`);
    const pooler = await startPgBouncer(database.url);
    try {
      const service = await start(pooler.url, { DATABASE_PREPARED_STATEMENTS: 'false' });
      await useEverything(service);
      // The pooler opens new connections, to which the service has not sent its settings.
      await database.endConnections();
      await until(async () => (await readiness(service)).status === 200, 'readiness');
      await refreshesLate(service, database);
      await useEverything(service);
      expect(await service.stop()).toBe(0);
    } finally {
      await pooler.stop();
    }
  });

  const changed = (url: string, parts: Partial<URL>): string => Object.assign(new URL(url), parts).href;

  testHere.each([
    ['a wrong password', {}, { password: 'wrong' }, 'Check the user, the password and the name of the database.'],
    ['a missing password', {}, { password: '' }, 'Write the password into DATABASE_URL.'],
    ['an unknown database', {}, { pathname: '/no' }, 'Check the user, the password and the name of the database.'],
    ['statement pooling', { pool_mode: 'statement' }, {}, 'pool_mode=transaction'],
  ])('is not reported as a server that is not running, but as %s', async (_name, settings, parts, hint) => {
    const { url } = await createOwnedDatabase();
    const pooler = await startPgBouncer(url, { auth_type: 'scram-sha-256', ...settings });
    try {
      const address = { DATABASE_URL: changed(pooler.url, parts) };
      const { code, output } = await runCommand(['migrate'], { ...address, DATABASE_PREPARED_STATEMENTS: 'false' });
      expect(code).toBe(1);
      expect(output).toContain(hint);
      expect(output).not.toContain('server is running');
    } finally {
      await pooler.stop();
    }
  });
});
