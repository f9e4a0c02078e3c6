import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { loadedFiles, REPORT_FILES } from '../support/loaded-files.js';
import { freePort } from '../support/free-port.js';
import { runCommand, startService } from '../support/service-process.js';
import { TEST_SECRET } from '../support/test-secret.js';
import { until } from '../support/until.js';

const ROOT = new URL('../../', import.meta.url);

const COMMANDS = [
  ...['serve', 'demo', 'migrate', 'migrate status', 'audit list'],
  ...['show', 'list', 'create', 'roles', 'lock', 'unlock', 'verify', 'deactivate', 'delete', 'reactivate'].map(
    (name) => `users ${name}`,
  ),
  ...['create', 'list', 'delete', 'keys create', 'keys revoke'].map((name) => `services ${name}`),
  ...['users import', 'users export', 'sessions list', 'sessions revoke', 'events failed'],
  ...['events replay', 'events discard'],
  ...['keys generate', 'keys list', 'keys rotate', 'keys retire'],
  ...['gateway-config', 'schema print', 'config check', 'doctor'],
];

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
/** The address of the only account. */
const TAKEN = 'taken@example.com';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql('insert into auth_user (id, email, active, created_at) values ($1, $2, true, now())', [ID, TAKEN]);
});
afterAll(() => database.drop());

describe('help', () => {
  test.each(COMMANDS)('explains %s, with an example', async (command) => {
    const words = command.split(' ');
    const { code, stdout, stderr } = await runCommand([...words, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: auth-subgraph ${command}\\b`));
    expect(stdout).toMatch(new RegExp(`^Example:\\n {2}\\$ auth-subgraph ${command}\\b`, 'm'));
    expect(await runCommand(['help', ...words])).toMatchObject({ code: 0, stdout });
  });

  test('lists every command', async () => {
    const { code, stdout } = await runCommand(['--help']);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command.replace(/ .*/, '')}\\b`, 'm'));
    for (const words of [['help'], ['-h'], ['help', 'help']])
      expect(await runCommand(words)).toMatchObject({ code: 0, stdout });
  });

  test('loads a small part of the command line', () => {
    expect(bytesLoadedBy('--help')).toBeLessThan(130_000);
    // A command that reads the settings shows that the rest is seen.
    expect(bytesLoadedBy('gateway-config', 'cosmo')).toBeGreaterThan(1_000_000);
  });
});

/** The size of the files that the command line loads, as the module loader of its process reports them. */
function bytesLoadedBy(...words: string[]): number {
  const { stderr } = spawnSync(process.execPath, [...REPORT_FILES, 'dist/cli/main.js', ...words], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '' },
  });
  return loadedFiles(stderr).reduce((bytes, file) => bytes + statSync(file).size, 0);
}

describe('other names of commands', () => {
  test.each([
    ['migrate up', '', 0],
    ['unlock', 'nobody@example.com', 3],
    ['roles', 'nobody@example.com', 3],
    ['events parked', '', 0],
  ])('still work, but are not listed: %s', async (name, argument, code) => {
    const words = [...name.split(' '), ...(argument === '' ? [] : [argument])];
    expect(await runCommand(words, { DATABASE_URL: database.url })).toMatchObject({ code });
    const [first = '', second = first] = name.split(' ');
    const { stdout } = await runCommand(second === first ? ['--help'] : [first, '--help']);
    expect(stdout).not.toMatch(new RegExp(`^ {2}${second}\\b`, 'm'));
    expect(stdout).not.toContain('parked');
  });
});

test('the version is that of the package', async () => {
  const { version } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8')) as { version: string };
  expect(await runCommand(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
});

describe('the reference of the command line', () => {
  /** Options that every command has. */
  const EVERY_COMMAND = ['--help', '--json'];

  interface Explained {
    readonly name: string;
    readonly terms: readonly string[];
    readonly example: string | undefined;
  }

  /** What the help of a command lists as its arguments and its own options. */
  async function explainedByHelp(words: readonly string[]): Promise<Explained> {
    const { stdout } = await runCommand([...words, '--help']);
    const [, list = ''] = /^(?:Arguments|Options):\n([\s\S]*?)\n(?:Example|Commands):/m.exec(stdout) ?? [];
    const terms = [...list.matchAll(/^ {2}(?:-h, )?(--[\w-]+|\w+)/gm)].map(([, term = '']) => term);
    const example = /^Example:\n {2}\$ (.*)$/m.exec(stdout)?.[1];
    const own = terms.filter((term) => !EVERY_COMMAND.includes(term));
    return { name: words.join(' '), terms: own.sort(), example };
  }

  function explainedByPage(section: string): Explained {
    const [name = ''] = section.split('\n');
    const rows = [...section.matchAll(/^\| `[[<](--[\w-]+|\w+)[^`]*` +\|/gm)];
    const example = /```sh\nnpx (.*)\n```/.exec(section)?.[1];
    return { name, terms: rows.map(([, term = '']) => term).sort(), example };
  }

  async function commandsOfHelp(words: readonly string[] = []): Promise<string[][]> {
    const { stdout } = await runCommand([...words, '--help']);
    const [, list] = /^Commands:\n((?: {2}.*\n)*)/m.exec(stdout) ?? [];
    if (list === undefined) return [[...words]];
    const names = [...list.matchAll(/^ {2}([\w-]+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
    const below = (await Promise.all(names.map((name) => commandsOfHelp([...words, name])))).flat();
    // A command can have others below it.
    return words.length > 0 && stdout.includes('\nExample:\n') ? [[...words], ...below] : below;
  }

  test('lists the commands, arguments, options and examples of the help, and no others', async () => {
    const page = await readFile(new URL('docs/reference/cli.md', ROOT), 'utf8');
    const onPage = page.split(/^## /m).slice(1).map(explainedByPage);
    const inHelp = await Promise.all((await commandsOfHelp()).map(explainedByHelp));
    expect(inHelp.map(({ name }) => name).sort()).toEqual([...COMMANDS].sort());
    expect(onPage).toEqual(inHelp);
  });
});

describe('wrong usage', () => {
  test.each<[string, string[]]>([
    ['an unknown command', ['sevre']],
    ['an unknown command before --help', ['sevre', '--help']],
    ['help of an unknown command', ['help', 'sevre']],
    ['an unknown option', ['--frce']],
    ['serve with an argument', ['serve', 'now']],
    ['migrate with an argument', ['migrate', 'now']],
    ['unlock without an address', ['unlock']],
    ['unlock of what is no address', ['unlock', 'nonsense']],
    ['unlock of two addresses', ['unlock', 'a@example.com', 'b@example.com']],
    ['unlock with an option', ['unlock', 'a@example.com', '--force']],
    ['users roles with an unknown action', ['users', 'roles', 'a@example.com', 'grant', 'editor']],
    ['users roles that adds nothing', ['users', 'roles', 'a@example.com', 'add']],
    ['users show of what is neither an address nor an id', ['users', 'show', 'nonsense']],
    ['users list of too many', ['users', 'list', '--limit', '5000']],
    ['users lock for no time', ['users', 'lock', 'a@example.com', '--for', 'ever']],
    ['events discard of nothing', ['events', 'discard']],
    ['events discard of all, unconfirmed', ['events', 'discard', '--all']],
    ['events replay of what is no id', ['events', 'replay', 'nonsense']],
    ['roles without an address', ['roles']],
    ['roles of what is no address', ['roles', 'nonsense', 'editor']],
    ['roles and none', ['roles', 'a@example.com', '--none', 'editor']],
    ['roles with another option', ['roles', 'a@example.com', '--all']],
    ['sessions revoke without a choice', ['sessions', 'revoke']],
    ['sessions revoke of an invalid address', ['sessions', 'revoke', 'nonsense']],
    ['sessions revoke of an invalid id', ['sessions', 'revoke', '--user', 'nonsense']],
    ['sessions revoke of two users', ['sessions', 'revoke', 'a@example.com', '--user', ID]],
    ['sessions revoke of two things', ['sessions', 'revoke', 'a@example.com', '--session', ID, '--all']],
    ['sessions revoke of all without a confirmation', ['sessions', 'revoke', '--all']],
    ['audit list since a day that does not exist', ['audit', 'list', '--since', '2026-02-31']],
    ['audit list until an instant that does not exist', ['audit', 'list', '--until', '2026-06-31T08:30:00+02:00']],
    ['audit list since the year 0', ['audit', 'list', '--since', '0000-01-01']],
    ['audit list whose names swallow an option', ['audit', 'list', '--name', '--limit', '1']],
    ['users create whose roles swallow an option', ['users', 'create', 'a@example.com', '--role', '--no-invite']],
    ['users deactivate whose reason is an option', ['users', 'deactivate', TAKEN, '--reason', '--yes']],
    ['users import without a file', ['users', 'import']],
    ['users import of a file without a name', ['users', 'import', '']],
    ['users import with rejected lines in a file without a name', ['users', 'import', 'users.jsonl', '--rejected', '']],
    ['users export into a file without a name', ['users', 'export', '--output', '']],
    ['users import with batches of nothing', ['users', 'import', 'users.jsonl', '--batch', '0']],
    ['users import with another reaction to conflicts', ['users', 'import', 'users.jsonl', '--on-conflict', 'update']],
    ['users export of hashes to a terminal', ['users', 'export', '--with-password-hashes']],
    ['events without a command', ['events']],
    ['events with another command', ['events', 'list']],
    ['events with an argument', ['events', 'parked', 'now']],
    ['keys without a command', ['keys']],
    ['keys with another command', ['keys', 'destroy']],
    ['keys of another algorithm', ['keys', 'generate', 'HS256']],
    ['keys with another option', ['keys', 'rotate', '--now']],
    ['gateway-config without a gateway', ['gateway-config']],
    ['gateway-config of another gateway', ['gateway-config', 'nonsense']],
    ['gateway-config with an invalid URL', ['gateway-config', 'hive', '--url', 'nonsense']],
    ['gateway-config without the URL', ['gateway-config', 'hive', '--url']],
    ['gateway-config with another option', ['gateway-config', 'hive', '--to', 'http://a/']],
  ])('prints the usage and exits with code 2: %s', async (_name, words) => {
    const { code, stdout, stderr } = await runCommand(words, { DATABASE_URL: database.url });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .+\n(.*\n)*?Usage: auth-subgraph /);
  });

  test.each([
    ['an unknown command', ['sevre']],
    ['a missing command', ['keys']],
    ['a missing argument', ['users', 'import']],
    ['an invalid value', ['users', 'import', 'a', '--batch', '0']],
    ['options that exclude each other', ['users', 'export', '--with-password-hashes']],
  ])('is one JSON document with --json: %s', async (_name, words) => {
    const { code, stdout, stderr } = await runCommand([...words, '--json']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'WRONG_USAGE', message: expect.stringMatching(/^[^:]+/) } });
  });

  test.each([['users'], ['services keys'], ['events']])('is a missing command with --json: %s', async (group) => {
    for (const words of [
      [...group.split(' '), '--json'],
      ['--json', ...group.split(' ')],
    ]) {
      const { code, stdout, stderr } = await runCommand(words);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(JSON.parse(stderr)).toEqual({ error: { code: 'WRONG_USAGE', message: 'missing command' } });
    }
  });

  test.each([
    ['sevre', 'serve'],
    ['keys genrate', 'generate'],
    ['keys retire --frce', '--force'],
  ])('suggests what was probably meant: %s', async (words, meant) => {
    expect((await runCommand(words.split(' '))).stderr).toContain(`(Did you mean ${meant}?)`);
  });
});

describe('a command that fails', () => {
  test.each<[string, number, string[]]>([
    ['unlock of an address without an account', 3, ['unlock', 'nobody@example.com']],
    ['roles of an address without an account', 3, ['roles', 'nobody@example.com']],
    ['sessions of an address without an account', 3, ['sessions', 'revoke', 'nobody@example.com']],
    ['show of an unknown account', 3, ['users', 'show', 'nobody@example.com']],
    ['deactivation of an unknown account', 3, ['users', 'deactivate', 'nobody@example.com']],
    ['replay of an unknown event', 3, ['events', 'replay', '01890a5d-ac96-774b-bcce-b302099a8057']],
    ['import of a file that does not exist', 3, ['users', 'import', 'no-such-file.jsonl']],
    ['import of a file below a file', 3, ['users', 'import', 'package.json/users.jsonl']],
    ['import of a folder', 2, ['users', 'import', 'src']],
    ['export into a folder', 2, ['users', 'export', '--output', 'src']],
    ['export into a folder that does not exist', 2, ['users', 'export', '--output', 'no-such-folder/users.jsonl']],
    ['keys without a file', 5, ['keys', 'list']],
    ['sessions of an unknown id', 3, ['sessions', 'revoke', '--user', '01890a5d-ac96-774b-bcce-b302099a8058']],
    ['an unknown session of a user', 3, ['sessions', 'revoke', TAKEN, '--session', ID]],
    ['list of users after what is no cursor', 2, ['users', 'list', '--after', 'x']],
    ['list of users with too short a search', 2, ['users', 'list', '--search', 'x']],
    ['account with what is no language', 2, ['users', 'create', 'a@example.com', '--locale', '!']],
    ['account with what is no role', 2, ['users', 'create', 'a@example.com', '--role', 'two words']],
    ['lock for too long', 2, ['users', 'lock', TAKEN, '--for', '99d']],
    ['deactivation with too long a reason', 2, ['users', 'deactivate', TAKEN, '--reason', 'x'.repeat(501)]],
    ['trail of what is no event', 2, ['audit', 'list', '--name', 'UserRegistered', 'SigninFailed']],
    ['trail of an event that it never has', 2, ['audit', 'list', '--name', 'VerificationLinkRequested']],
    ['trail of what is no address', 2, ['audit', 'list', '--address', 'x']],
    ['service with what is no scope', 2, ['services', 'create', 'billing', '--scope', 'two words']],
    ['account with a taken address', 1, ['users', 'create', TAKEN]],
    ['end of an account where none can be closed', 1, ['users', 'delete', TAKEN, '--yes']],
  ])('says why, and ends with the exit code for it: %s', async (_name, expected, words) => {
    const settings = { DATABASE_URL: database.url, ACCOUNT_CLOSING_ENABLED: 'false' };
    const [{ code, stdout, stderr }, asJson] = await Promise.all([
      runCommand(words, settings),
      runCommand([...words, '--json'], settings),
    ]);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).not.toMatch(/^\s+at |Usage|The command failed/m);
    expect(asJson).toMatchObject({ code: expected, stdout: '' });
    const { error } = JSON.parse(asJson.stderr) as { error: { code: string; message: string } };
    expect(error.message).toBe(stderr.trimEnd());
    expect(error.code).toMatch(/^[A-Z_]+$/);
  });

  test.each<[string, string[]]>([
    ['--for', ['users', 'lock', TAKEN, '--for', '99d']],
    ['--role', ['users', 'create', 'a@example.com', '--role', 'two words']],
    ['--first-name', ['users', 'create', 'a@example.com', '--first-name', 'x'.repeat(500)]],
    ['--reason', ['users', 'deactivate', TAKEN, '--reason', 'x'.repeat(501)]],
    ['--address', ['audit', 'list', '--address', 'x']],
    ['--name', ['audit', 'list', '--name', 'Nothing']],
    ['--scope', ['services', 'create', 'billing', '--scope', 'two words']],
    ['--after', ['users', 'list', '--after', 'x']],
    ['roles', ['users', 'roles', TAKEN, 'add', 'two words']],
  ])('because of a value names it as it was given: %s', async (name, words) => {
    const { stderr } = await runCommand(words, { DATABASE_URL: database.url });
    expect(stderr).toMatch(new RegExp(`^The value of ${name} is invalid: `));
  });

  test.each([
    ['{"keys": [', 'JWT_KEYS_FILE is empty or damaged; restore it from a backup'],
    ['', 'JWT_KEYS_FILE is empty or damaged; restore it from a backup'],
    ['{"keys": [{}]}', 'JWT_KEYS_FILE key 1 '],
  ])('because of a file of keys that is %j says so', async (text, problem) => {
    const cwd = await mkdtemp(join(tmpdir(), 'command-line-'));
    await writeFile(join(cwd, 'keys.json'), text);
    const settings = { JWT_KEYS_FILE: 'keys.json', JWT_SECRET: '', NODE_ENV: 'development' };
    const { code, stderr } = await runCommand(['config', 'check'], settings, cwd);
    await rm(cwd, { recursive: true });
    expect(code).toBe(5);
    expect(stderr).toContain(`\n  ${problem}`);
  });

  test('because of a setting is one JSON document with --json, also without the name of the default command', async () => {
    const { code, stderr } = await runCommand(['--json'], { PORT: 'x' });
    expect([code, JSON.parse(stderr)]).toMatchObject([5, { error: { code: 'WRONG_CONFIGURATION' } }]);
  });

  test.each<[name: string, words: string[], settings: Record<string, string>]>([
    ['.env', ['config', 'check'], {}],
    ['JWT_KEYS_FILE', ['keys', 'generate'], { JWT_KEYS_FILE: 'folder' }],
    ['JWT_KEYS_FILE', ['keys', 'list'], { JWT_KEYS_FILE: 'folder' }],
    ['JWT_KEYS_FILE', ['keys', 'rotate'], { JWT_KEYS_FILE: 'folder' }],
    ['JWT_KEYS_FILE', ['config', 'check'], { JWT_KEYS_FILE: 'folder', JWT_SECRET: '' }],
    ['PAGES_THEME', ['config', 'check'], { PAGES_THEME: 'folder', NODE_ENV: 'development' }],
    ['DATA_DIR', ['serve'], { JWT_SECRET: '', DATA_DIR: 'data' }],
  ])('because %s is a folder in place of a file names it: %j', async (name, words, settings) => {
    const cwd = await mkdtemp(join(tmpdir(), 'command-line-'));
    await mkdir(join(cwd, 'data', 'jwt-secret'), { recursive: true });
    // Docker creates a folder if the source of a mount does not exist.
    await mkdir(join(cwd, name === '.env' ? name : 'folder'));
    const { code, stderr } = await runCommand(words, settings, cwd);
    await rm(cwd, { recursive: true });
    expect(code).toBe(5);
    expect(stderr).toMatch(new RegExp(`^The configuration is not valid:\\n  ${name} cannot .+ \\(EISDIR\\); .+\\n$`));
  });

  const cannotConnect = 'postgresql://nobody:s3cret@127.0.0.1:1/none';
  test('because the database is unreachable names DATABASE_URL without its password', async () => {
    const { code, stderr } = await runCommand(['events', 'failed'], { DATABASE_URL: cannotConnect });
    expect(code).toBe(1);
    expect(stderr).toContain('The database of DATABASE_URL (postgresql://nobody@127.0.0.1:1/none) is unavailable');
    expect(stderr).toContain('Check that the server is running');
    expect(stderr).not.toContain('s3cret');
  });

  test('because the database refuses the role says what to check', async () => {
    const wrong = Object.assign(new URL(database.url), { username: 'nobody_of_this_name' });
    const { code, stderr } = await runCommand(['events', 'failed'], { DATABASE_URL: wrong.href });
    expect(code).toBe(1);
    expect(stderr).toMatch(/DATABASE_URL \(.*nobody_of_this_name@.*\) refuses the connection: .*\. Check the user,/);
    if (wrong.password !== '') expect(stderr).not.toContain(wrong.password);
  });

  test('because privileges are missing names the statements that grant them', async () => {
    const role = `reader_${String(process.pid)}`;
    await database.sql(`create role ${role} login password 's3cret'`);
    const url = Object.assign(new URL(database.url), { username: role, password: 's3cret' });
    const settings = { DATABASE_URL: url.href, MIGRATE_ON_START: 'false' };
    const { code, stderr } = await runCommand(['unlock', 'ada@example.com'], settings);
    await database.sql(`drop role ${role}`);
    expect(code).toBe(1);
    expect(stderr).toContain('permission denied for table auth_migration');
    expect(stderr).toContain('`grant usage on schema public, auth_jobs to');
    expect(stderr).toContain('`grant select, insert, update, delete on all tables in schema public, auth_jobs to');
    expect(stderr).toContain('`grant execute on all functions in schema auth_jobs to');
    expect(stderr).toContain(`"${role}"`);
    expect(stderr).not.toMatch(/s3cret|^\s+at /m);
  });
});

/** Listens to SIGTERM before the program starts, as the module of OpenTelemetry does that registers everything. */
const SDK = { NODE_OPTIONS: "--import=data:text/javascript,process.on('SIGTERM',()=>undefined)" };

describe('output that nobody reads', () => {
  const start = (words: readonly string[], stdout: 'pipe' | number, settings = {}): ReturnType<typeof spawn> =>
    spawn(process.execPath, ['dist/cli/main.js', ...words], {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        JWT_SECRET: TEST_SECRET,
        DATABASE_URL: database.url,
        ...settings,
      },
      stdio: ['ignore', stdout, 'pipe'],
    });

  async function endOf(child: ReturnType<typeof spawn>): Promise<{ code: number | null; stderr: string }> {
    const parts: Buffer[] = [];
    child.stderr?.on('data', (part: Buffer) => parts.push(part));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stderr: Buffer.concat(parts).toString() };
  }

  test.each(['--help', 'schema print', 'schema print --json', 'users list --json', 'users export'])(
    'ends a command quietly: %s',
    async (words) => {
      const child = start(words.split(' '), 'pipe');
      child.stdout?.destroy();
      expect(await endOf(child)).toEqual({ code: 141, stderr: '' });
    },
  );

  test('ends a command even if an SDK listens to signals', async () => {
    const child = start(['users', 'export'], 'pipe', SDK);
    child.stdout?.destroy();
    expect(await endOf(child)).toEqual({ code: 141, stderr: '' });
  });

  test('does not stop the service', async () => {
    const port = await freePort();
    const child = start(['serve'], 'pipe', { PORT: String(port), PASSWORD_SALT_ROUNDS: '4' });
    child.stdout?.destroy();
    const ended = endOf(child);
    const isReady = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${String(port)}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until(isReady, 'the service');
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, stderr: '' });
  });

  test('because the disk is full ends a command with the reason', async () => {
    const disk = openSync('/dev/full', 'w');
    const { code, stderr } = await endOf(start(['--help'], disk));
    closeSync(disk);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^The output cannot be written: ENOSPC.*\n$/),
    });
  });
});

test.each([
  ['', {}, null],
  [', even if an SDK listens to it', SDK, 143],
])('SIGTERM ends a command that waits%s', async (_name, settings, exitCode) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const child = spawn(process.execPath, ['dist/cli/main.js', 'users', 'list'], {
    cwd: ROOT,
    env: {
      ...{ PATH: process.env['PATH'], NODE_ENV: 'test', JWT_SECRET: TEST_SECRET, ...settings },
      DATABASE_URL: `postgresql://nobody@127.0.0.1:${String(port)}/none`,
    },
    stdio: 'ignore',
  });
  const [socket] = (await once(silent, 'connection')) as [Socket];
  child.kill('SIGTERM');
  const [code] = (await once(child, 'close')) as [number | null];
  socket.destroy();
  silent.close();
  expect(code).toBe(exitCode);
});

describe('a command that succeeds', () => {
  test('ends with exit code 0', async () => {
    const settings = { DATABASE_URL: database.url };
    const service = await startService(settings);
    const { email } = await service.register();
    expect(await service.stop()).toBe(0);
    for (const words of [['unlock', email], ['roles', email], ['events', 'parked'], ['events', 'replay'], ['migrate']])
      expect(await runCommand(words, settings)).toMatchObject({ code: 0 });
  });

  test('prints its result on standard output, and log lines on standard error', async () => {
    const twoSecrets = ['the first secret of the router is long', 'the second secret of the router is long'];
    const settings = { DATABASE_URL: database.url, LOG_LEVEL: 'info', ROUTER_SECRET: twoSecrets.join() };
    for (const [words, result] of [
      [['events', 'failed'], 'No delivery has been given up.\n'],
      [['migrate'], 'The database schema is up to date.\n'],
    ] as const) {
      const { stdout, stderr } = await runCommand(words, settings);
      expect(stdout).toBe(result);
      expect(stderr).toMatch(/^\{"level":30,.*ROUTER_SECRET contains two secrets/m);
    }
  });
});
