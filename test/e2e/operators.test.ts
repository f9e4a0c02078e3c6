import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import type { SignedIn } from '../support/graphql-client.js';
import { PRODUCTION } from '../support/production-settings.js';
import { TEST_SECRET } from '../support/test-secret.js';
import { until } from '../support/until.js';
import { runCommand, startService, type Finished, type ServiceProcess } from '../support/service-process.js';

let database: TestDatabase;
let service: ServiceProcess;
let ada: SignedIn;
beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ DATABASE_URL: database.url });
  ada = await service.register({ email: 'ada@example.com' });
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

async function run(...words: string[]): Promise<Finished> {
  return runCommand(words, { DATABASE_URL: database.url });
}

async function json(...words: string[]): Promise<unknown[]> {
  const { code, stdout, stderr } = await run(...words, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

test('an operator looks at a user and their sessions, as text and as JSON', async () => {
  const shown = await run('users', 'show', 'ADA@example.com');
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/^email +ada@example\.com$/m) });
  expect(shown.stdout).not.toMatch(/\$2b\$/);
  expect(await json('users', 'show', ada.userId)).toMatchObject([{ id: ada.userId, status: 'active', roles: [] }]);
  expect((await run('users', 'list')).stdout).toMatch(/^id .*\n[\da-f-]{36} {2}ada@example\.com +active /);
  expect(await json('users', 'list', '--search', 'ada')).toMatchObject([{ id: ada.userId }]);
  expect(await run('users', 'list', '--role', 'none')).toMatchObject({ stdout: 'No users found.\n' });
  expect(await json('sessions', 'list', 'ada@example.com')).toMatchObject([{ id: ada.sessionId }]);
  expect((await run('sessions', 'list', 'ada@example.com')).stdout).toContain(ada.sessionId);
});

test('an operator changes a user while the service runs', async () => {
  expect(await json('users', 'verify', 'ada@example.com')).toEqual([{ changed: true }]);
  expect(await run('users', 'roles', 'ada@example.com', 'add', 'editor', 'admin')).toMatchObject({
    stdout: 'editor\nadmin\n',
  });
  expect(await json('users', 'roles', 'ada@example.com', 'remove', 'admin')).toEqual([{ roles: ['editor'] }]);
  expect(await json('users', 'roles', 'ada@example.com')).toEqual([{ roles: ['editor'] }]);
  expect(await run('users', 'roles', 'ada@example.com', 'set')).toMatchObject({ stdout: 'The user has no roles.\n' });

  expect(await run('users', 'lock', 'ada@example.com', '--for', '5m')).toMatchObject({ code: 0 });
  const credentials = { email: ada.email, password: ada.password };
  expect((await service.mutate('login', credentials)).__typename).toBe('AccountLockedError');
  expect(await json('users', 'unlock', 'ada@example.com')).toEqual([{ wasLocked: true }]);
  expect((await service.mutate('login', credentials)).__typename).toBe('LoginSuccess');

  expect(await run('users', 'deactivate', 'ada@example.com', '--reason', 'left')).toMatchObject({
    code: 0,
    stdout: 'The account is deactivated.\n',
  });
  expect((await service.mutate('login', credentials)).__typename).toBe('InvalidCredentialsError');
  expect(await json('users', 'list', '--status', 'deactivated')).toMatchObject([{ deactivationReason: 'left' }]);
  expect(await json('users', 'reactivate', ada.userId)).toEqual([{ changed: true }]);
  expect((await service.mutate('login', credentials)).__typename).toBe('LoginSuccess');
});

test('an operator deletes a user, restores them, and reads in the audit trail what happened', async () => {
  const { email, userId } = await service.register({ email: 'eve@example.com' });
  const unconfirmed = await run('users', 'delete', email);
  expect(unconfirmed).toMatchObject({ code: 2, stderr: expect.stringContaining('add --yes to confirm') });
  const [deleted] = (await json('users', 'delete', email, '--yes')) as { changed: boolean; eraseAfter: string }[];
  expect(deleted).toMatchObject({ id: userId, changed: true });
  const shown = await run('users', 'show', email);
  expect(shown.stdout).toMatch(/^status +closed$/m);
  expect(shown.stdout).toContain(deleted?.eraseAfter);
  expect(await json('users', 'list', '--status', 'closed')).toMatchObject([{ id: userId }]);
  expect(await run('users', 'delete', email, '--yes')).toMatchObject({
    stdout: `The account was closed already. It can be restored until ${String(deleted?.eraseAfter)}, and is erased after that.\n`,
  });
  expect(await json('users', 'reactivate', email)).toEqual([{ changed: true }]);
  const names = await until(async () => {
    const lines = (await json('audit', 'list', '--user', email)) as { name: string }[];
    const found = lines.map(({ name }) => name);
    return found.includes('UserReactivated') && found;
  }, 'the audit trail');
  expect(names.slice(0, 1)).toEqual(['UserReactivated']);
  expect(names).toEqual(expect.arrayContaining(['AccountClosed', 'SessionRevoked', 'UserRegistered']));
  const table = await run('audit', 'list', '--user', userId, '--name', 'AccountClosed', '--since', '2026-01-01');
  expect(table.stdout).toMatch(/^time .*\n\S+ {2}AccountClosed {2}[\da-f-]{36} {2}SYSTEM {2}- /);
  expect(await run('audit', 'list', '--user', userId, '--until', '2000-01-01')).toMatchObject({
    stdout: 'No events found.\n',
  });
  const page = (...more: string[]): Promise<Finished> =>
    run('audit', 'list', '--user', userId, '--limit', '1', ...more);
  const [, after = ''] = /^There are more: add --after (\S+)$/m.exec((await page()).stdout) ?? [];
  const [first, second] = (await json('audit', 'list', '--user', userId)) as { id: string; name: string }[];
  expect(after).toBe(first?.id);
  expect((await page('--after', after)).stdout).toContain(second?.name);
  expect(await page('--after', 'x')).toMatchObject({ code: 2 });
  expect(await run('audit', 'list', '--since', 'yesterday')).toMatchObject({ code: 2 });
  expect(await run('audit', 'list', '--user', 'nobody@example.com')).toMatchObject({ code: 3 });
});

test('an operator sees the language of a user, and who changed them', async () => {
  const [created] = await json('users', 'create', 'grace@example.com', '--locale', 'de-AT', '--no-invite');
  const { id } = created as { id: string };
  expect(await json('users', 'show', id)).toMatchObject([{ locale: 'de-AT', displayName: null, avatarUrl: null }]);
  expect((await run('users', 'show', id)).stdout).toMatch(/^locale +de-AT$/m);
  await database.sql(
    `insert into auth_security_event (id, user_id, actor_id, name, actor_kind)
     values ('01890a5d-ac96-774b-bcce-b302099a8057', $1, $2, 'RolesChanged', 'OPERATOR')`,
    [id, ada.userId],
  );
  const { stdout } = await run('audit', 'list', '--user', id, '--name', 'RolesChanged');
  expect(stdout).toContain(`RolesChanged  ${id}  OPERATOR ${ada.userId}  `);
});

test('an operator names any account by its address or id, and takes the roles of one that cannot sign in', async () => {
  const states: readonly (readonly string[])[] = [[], ['users', 'deactivate'], ['users', 'delete', '--yes']];
  for (const [at, command] of states.entries()) {
    const { email, userId } = await service.register({ email: `roles-${String(at)}@example.com` });
    expect(await json('users', 'roles', userId, 'add', 'editor', 'admin')).toEqual([{ roles: ['editor', 'admin'] }]);
    if (command.length > 0) expect(await json(...command, userId)).toMatchObject([{ changed: true }]);
    expect(await json('users', 'roles', userId)).toEqual([{ roles: ['editor', 'admin'] }]);
    expect(await json('users', 'roles', email, 'remove', 'admin')).toEqual([{ roles: ['editor'] }]);
    expect(await json('users', 'roles', email, 'set')).toEqual([{ roles: [] }]);
    const isActive = command.length === 0;
    for (const name of [email, userId]) {
      const listed = await run('sessions', 'list', name, '--json');
      expect(listed).toMatchObject({ code: 0, stdout: isActive ? expect.stringContaining('"id"') : '' });
      expect(await run('users', 'lock', name)).toMatchObject({ code: isActive ? 0 : 3 });
      expect(await json('users', 'unlock', name)).toEqual([{ wasLocked: isActive }]);
    }
    expect(await json('sessions', 'revoke', userId)).toEqual([{ revoked: isActive ? 1 : 0 }]);
  }
});

test('an operator lists pending migrations, and nothing is changed', async () => {
  const empty = await createTestDatabase({ empty: true });
  const settings = { DATABASE_URL: empty.url };
  const status = (): Promise<Finished> => runCommand(['migrate', 'status', '--json'], settings);
  const before = await status();
  expect(before.code).toBe(4);
  const { pending } = JSON.parse(before.stdout) as { pending: string[] };
  expect([pending[0], pending.at(-1)]).toEqual(['initial', 'job-queue']);
  expect(await empty.sql(`select from pg_tables where schemaname = 'public'`)).toEqual([]);
  expect(await runCommand(['migrate'], settings)).toMatchObject({ code: 0 });
  const after = await status();
  expect([after.code, JSON.parse(after.stdout)]).toEqual([0, { isUpToDate: true, pending: [] }]);
  await empty.drop();
});

describe('without a database', () => {
  const secret = 'a secret that nobody should ever see printed';

  test('the schema of these settings is printed', async () => {
    const { code, stdout } = await runCommand(['schema', 'print'], { AUTH_DIRECTIVES: 'true' });
    expect(code).toBe(0);
    expect(stdout).toContain('type User');
    expect(stdout).toContain('@authenticated');
    expect((await runCommand(['schema', 'print'])).stdout).not.toContain('@authenticated');
  });

  test('the settings are checked, and printed without secrets', async () => {
    const settings = { JWT_SECRET: secret, DATABASE_URL: 'postgres://auth:s3cret@db.example/auth', PORT: '4010' };
    const { code, stdout } = await runCommand(['config', 'check', '--print'], settings);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The configuration is valid\.\n/);
    expect(stdout).toMatch(/^PORT=4010$/m);
    expect(stdout).toMatch(/^JWT_SECRET=\(set, 44 bytes\)$/m);
    expect(stdout).toMatch(/^DATABASE_URL=postgres:\/\/auth:\*\*\*@db\.example\/auth$/m);
    expect(stdout).toMatch(/^PAGES_GRAPHQL_URL=\/graphql$/m);
    expect(stdout).not.toMatch(/s3cret|nobody should/);
  });

  test.each([
    ['SMTP_URL', 'smtp://auth:s3cret@mail.example.com:587?pool=true', 5],
    ['SMTP_URL', 'smtp://auth:s3cret%@mail.example.com', 5],
    ['MAIL_FROM', 'not an address', 5],
    ['REDIS_URL', 'redis://:s3cret%@redis.example.com', 5],
    ['REQUIRED_SCOPES', 'Mutation.unknown=a', 5],
    ['DATABASE_URL', 'postgres://auth:12/s3cret@db.example/auth', 5],
    ['SMTP_URL', 'smtp://auth:12/s3cret@mail.example.com', 5],
    ['REDIS_URL', 'redis://auth:12/s3cret@redis.example.com', 5],
    ['MAIL_TEMPLATES_FOLDER', '/nonexistent', 5],
    ['MAIL_RESET_PASSWORD_URL', 'http://app.example.com/reset', 5],
  ])('%s with which no service starts is found: %s', async (name, value, expected) => {
    const settings = { JWT_SECRET: secret, DATABASE_URL: 'postgres://db.example/auth', [name]: value };
    const { code, stdout, stderr } = await runCommand(['config', 'check', '--print'], settings);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    const expectedText = name.replace('REQUIRED_SCOPES', 'Mutation.unknown').replace('MAIL_TEMPLATES_FOLDER', value);
    expect(stderr).toMatch(new RegExp(expectedText));
    expect(stderr).not.toMatch(/s3cret|^ +at /m);
  });

  test.each([['users', 'list'], ['migrate', 'status'], ['migrate']])(
    'without DATABASE_URL and without an embedded database is refused, and creates none: %s %s',
    async (...words) => {
      const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-none-'));
      // This is what a service in development leaves if it had DATABASE_URL.
      await writeFile(join(folder, 'jwt-secret'), secret);
      const settings = { DATA_DIR: folder, NODE_ENV: 'development' };
      const { code, stderr } = await runCommand(words, settings);
      expect({ code, files: await readdir(folder) }).toEqual({ code: 5, files: ['jwt-secret'] });
      expect(stderr).toMatch(/DATABASE_URL is missing, and DATA_DIR contains no database/);
      await rm(folder, { recursive: true });
    },
  );

  test('a theme that cannot be read is found, but only if there are pages', async () => {
    const settings = { DATABASE_URL: 'postgres://db.example/auth', PAGES_THEME: '/nonexistent.css' };
    const { code, stderr } = await runCommand(['config', 'check'], { ...settings, PAGES_ENABLED: 'true' });
    expect(code).toBe(5);
    expect(stderr).toContain('PAGES_THEME cannot be read (ENOENT)');
    expect(await runCommand(['config', 'check'], { ...settings, PAGES_ENABLED: 'false' })).toMatchObject({ code: 0 });
  });

  test('every page that emails may not link to is named by its variable', async () => {
    const urls = { MAIL_LOGIN_URL: 'http://a.example/login', MAIL_RESET_PASSWORD_URL: 'http://b.example/reset' };
    const settings = { JWT_SECRET: secret, DATABASE_URL: 'postgres://db.example/auth', ...urls };
    const { stderr } = await runCommand(['config', 'check'], settings);
    for (const name of Object.keys(urls)) expect(stderr).toContain(`${name} is not an absolute https address`);
  });

  test('emails that lead to this machine in production are a warning, by their variables', async () => {
    const settings = { ...PRODUCTION, PASSWORD_SALT_ROUNDS: '10', MAIL_LOGIN_URL: 'https://app.example.com/login' };
    const { code, stdout } = await runCommand(['config', 'check', '--json'], settings);
    expect({ code, isValid: (JSON.parse(stdout) as { isValid: boolean }).isValid }).toEqual({ code: 0, isValid: true });
    expect((JSON.parse(stdout) as { warnings: string[] }).warnings).toEqual([
      expect.stringMatching(/MAIL_FROM.*MAIL_RESET_PASSWORD_URL/),
    ]);
    expect(stdout).not.toContain('MAIL_LOGIN_URL');
    const development = await runCommand(['config', 'check'], { DATABASE_URL: PRODUCTION['DATABASE_URL'] ?? '' });
    expect(development.stdout).toBe('The configuration is valid.\n');
  });

  test('every problem is listed at once, with exit code 5', async () => {
    const settings = { PORT: 'x', LOCKOUT_MAX_ATTEMPTS: '-1' };
    const { code, stdout, stderr } = await runCommand(['config', 'check', '--json'], settings);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    const { error } = JSON.parse(stderr) as { error: { code: string; message: string } };
    expect(error.code).toBe('WRONG_CONFIGURATION');
    expect(error.message).toMatch(/PORT[\s\S]*LOCKOUT_MAX_ATTEMPTS/);
  });
});

describe('doctor', () => {
  interface Finding {
    readonly check: string;
    readonly status: string;
    readonly detail: string;
  }

  async function findings(settings: Record<string, string>): Promise<{ code: number | null; found: Finding[] }> {
    const { code, stdout } = await runCommand(['doctor', '--json'], settings);
    return {
      code,
      found: stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Finding),
    };
  }

  test('finds no problem in a working service, and prints colours only in a terminal', async () => {
    const { code, stdout } = await run('doctor');
    expect({ code, failures: stdout.match(/^failure.*$/gm) }).toEqual({ code: 0, failures: null });
    expect(stdout).toMatch(/^ok +migrations +The schema is up to date\.$/m);
    expect(stdout).not.toContain('\u001b');
  });

  test('names what is wrong and what to do, and ends with exit code 1', async () => {
    const empty = await createTestDatabase({ empty: true });
    const down = {
      SMTP_URL: 'smtp://127.0.0.1:1',
      REDIS_URL: 'redis://:s3cret@127.0.0.1:1',
      RATE_LIMITS_ENABLED: 'true',
      PASSWORD_BREACHED_PASSWORDS_URL: 'http://127.0.0.1:1/range',
    };
    const { code, found } = await findings({ DATABASE_URL: empty.url, ...down });
    expect(code).toBe(1);
    const failed = found.filter(({ status }) => status === 'failure');
    expect(failed.map(({ check }) => check)).toEqual(['email', 'rate limits', 'breached passwords', 'migrations']);
    const details = failed.map(({ detail }) => detail).join('\n');
    expect(details).toMatch(
      /SMTP_URL[\s\S]*each process counts[\s\S]*REDIS_URL[\s\S]*ECONNREFUSED[\s\S]*auth-subgraph migrate/,
    );
    expect(details).not.toContain('s3cret');
    expect(await empty.sql(`select from pg_tables where schemaname = 'public'`)).toEqual([]);
    await empty.drop();
  });

  test.each([
    ['PAGES_THEME', { PAGES_ENABLED: 'true', PAGES_THEME: '/nonexistent.css' }],
    ['MAIL_TEMPLATES_FOLDER', { MAIL_TEMPLATES_FOLDER: '/nonexistent' }],
    ['HOST', { HOST: 'no-such-host.invalid' }],
    ['METRICS_HOST', { METRICS_HOST: 'no-such-host.invalid', METRICS_PORT: '0' }],
    ['ADMIN_HOST', { ADMIN_HOST: 'no-such-host.invalid', ADMIN_SCHEMA: 'separate' }],
  ])('rejects %s if the service would not start with it', async (name, settings) => {
    const { code, stdout, stderr } = await runCommand(['doctor'], { DATABASE_URL: database.url, ...settings });
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toMatch(new RegExp(`\\b${name}\\b`));
  });

  test('names the links that are not https by their variables', async () => {
    const { found } = await findings({ DATABASE_URL: database.url, MAIL_LOGIN_URL: 'https://app.example/login' });
    const { detail } = found.find(({ check }) => check === 'links') ?? {};
    expect(detail).toMatch(/^Links that are not https: (MAIL_[A-Z_]+_URL(, )?)+\.$/);
    expect(detail).not.toContain('MAIL_LOGIN_URL');
  });

  test('warns of settings of the database that give up durability', async () => {
    const { found } = await findings({ DATABASE_URL: database.url });
    // The cluster of the tests is fast and not safe.
    expect(found.find(({ check }) => check === 'durability')).toEqual({
      check: 'durability',
      status: 'warning',
      detail: expect.stringMatching(
        /^Settings of PostgreSQL that are off: fsync, full_page_writes, synchronous_commit\./,
      ),
    });
  });

  test('warns of accounts that could not be erased', async () => {
    await database.sql(`insert into auth_user (id, email, active, created_at, erase_after)
      values (gen_random_uuid(), 'closed@example.com', false, now(), now() - interval '2 days')`);
    const { code, found } = await findings({ DATABASE_URL: database.url });
    await database.sql(`delete from auth_user where email = 'closed@example.com'`);
    expect(code).toBe(0);
    expect(found.find(({ check }) => check === 'erasures')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('should have been erased: 1.'),
    });
  });

  test('warns of a limit of open files that is lower than that of connections', () => {
    const warnings = (openFiles: number): string[] => {
      const script = `ulimit -n ${String(openFiles)}; exec "${process.execPath}" dist/cli/main.js doctor`;
      const env = { PATH: process.env['PATH'], NODE_ENV: 'test', JWT_SECRET: TEST_SECRET, DATABASE_URL: database.url };
      const { stdout } = spawnSync('sh', ['-c', script], { env: { ...env, MAX_CONNECTIONS: '900' }, encoding: 'utf8' });
      return stdout.split('\n').filter((line) => /^\w+ +open files /.test(line));
    };
    expect(warnings(1_000)).toEqual([expect.stringMatching(/^ok /)]);
    expect(warnings(950)).toEqual([expect.stringMatching(/^warning .*Raise the limit/)]);
  });

  test('knows keys that it has not created', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-doctor-'));
    const keysFile = join(folder, 'key.pem');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(keysFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const { code, found } = await findings({ DATABASE_URL: database.url, JWT_KEYS_FILE: keysFile });
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
    expect(found.find(({ check }) => check === 'keys')).toMatchObject({ status: 'ok' });
    expect(found.map(({ check }) => check)).toContain('migrations');
  });

  test('reports a database that is down as a failure', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-doctor-'));
    const settings = { DATABASE_URL: 'postgres://nobody:s3cret@127.0.0.1:1/none', DATA_DIR: folder };
    const { code, found } = await findings(settings);
    await rm(folder, { recursive: true });
    expect(code).toBe(1);
    const database_ = found.find(({ check }) => check === 'database');
    expect(database_).toMatchObject({ status: 'failure', detail: expect.stringContaining('is unavailable') });
    expect(JSON.stringify(found)).not.toContain('s3cret');
  });

  test('counts accounts that still have the hash of another system', async () => {
    await database.sql(
      `update auth_user set password_hash = '$scrypt$ln=14,r=8,p=1$c2FsdA$aGFzaA' where email = 'ada@example.com'`,
    );
    const detail = async (): Promise<string | undefined> => {
      const { found } = await findings({ DATABASE_URL: database.url });
      return found.find(({ check }) => check === 'password hashes')?.detail;
    };
    expect(await detail()).toMatch(/ another system: 1\./);
    // Of so many users it reads one in a billion.
    await database.sql(`update pg_class set reltuples = 1e15 where oid = 'auth_user'::regclass`);
    expect(await detail()).toMatch(/ another system: about 0\./);
  });
});
