import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import { openGate } from '../support/database-gate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { runCommand, startCommand, type Finished } from '../support/service-process.js';
import { until } from '../support/until.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-import-'));
});
afterAll(() => rm(folder, { recursive: true }));

let database: TestDatabase;
let file: string;
beforeEach(async () => {
  database = await createTestDatabase();
  file = join(await mkdtemp(join(folder, 'test-')), 'users.jsonl');
});

const LINES = 2_000;
/** The number of every hundredth line is odd in another way: it cannot be imported. */
const isRejected = (n: number): boolean => n % 100 === 50;
const lineOf = (n: number): string =>
  isRejected(n) ? `{"email":"nobody ${String(n)}"}` : `{"email":"user-${String(n)}@example.com"}`;
const text = Array.from({ length: LINES }, (_value, n) => `${lineOf(n)}\n`).join('');
const REJECTED = LINES / 100;

async function users(...words: string[]): Promise<Finished> {
  return runCommand(['users', ...words], { DATABASE_URL: database.url });
}

async function countUsers(): Promise<number> {
  const [row] = await database.sql<{ count: number }>('select count(*)::int as count from auth_user');
  return row?.count ?? 0;
}

async function rejectedLines(): Promise<{ line: number; field: string }[]> {
  const rejected = await readFile(`${file}.rejected.jsonl`, 'utf8');
  return rejected
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; field: string });
}

test('an import that is killed in the middle of a batch continues where it stopped', async () => {
  await writeFile(file, text);
  const gate = await openGate(database.url);
  // The gate reads the text of each statement.
  const settings = { DATABASE_URL: gate.url, DATABASE_PREPARED_STATEMENTS: 'false' };
  const kill = startCommand(['users', 'import', file, '--batch', '100'], settings);
  await until(async () => (await countUsers()) > 0, 'the first batch');
  gate.trap(/update auth_import/, 'hold');
  await until(() => gate.held > 0, 'a batch that is not finished');
  await kill();
  const before = await countUsers();
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(LINES - REJECTED);

  // A dry run writes its rejected lines to another file.
  const checked = await users('import', file, '--dry-run', '--json');
  expect(JSON.parse(checked.stdout)).toMatchObject({ rejected: REJECTED, rejectedLines: `${file}.dry-run.jsonl` });
  const resumed = await users('import', file, '--batch', '100', '--json');
  expect(resumed).toMatchObject({ code: 4 });
  expect(JSON.parse(resumed.stdout)).toMatchObject({ lines: LINES, imported: LINES - REJECTED, skipped: 0 });
  expect(await countUsers()).toBe(LINES - REJECTED);
  const expected = Array.from({ length: LINES }, (_value, n) => n).filter(isRejected);
  expect((await rejectedLines()).map(({ line }) => line - 1)).toEqual(expected);
});

test('a pipe is read to its end, whatever has been imported before', async () => {
  await writeFile(file, '');
  expect(await users('import', file)).toMatchObject({ code: 0, stdout: '0 users were imported.\n' });
  const pipe = `${file}.pipe`;
  execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
  for (const name of ['ada', 'bob']) {
    const [imported] = await Promise.all([
      users('import', pipe),
      writeFile(pipe, `{"email":"${name}@example.com"}\n`, { flag: 'a' }),
    ]);
    expect(imported).toMatchObject({ code: 0, stdout: '1 user was imported.\n' });
  }
});

test('a file of the same size with another line in the middle is another file', async () => {
  const space = `${' '.repeat(100_000)}\n`.repeat(15);
  for (const name of ['ada', 'bob']) {
    await writeFile(file, `${space}{"email":"${name}@example.com"}\n${space}`);
    expect(await users('import', file)).toMatchObject({ code: 0, stdout: '1 user was imported.\n' });
  }
});

test('an import lists rejected lines again if the list has been deleted, and in another file on request', async () => {
  const [bad, good, taken] = ['{"email":"nobody"}', '{"email":"ada@example.com"}', '{"email":"ADA@example.com"}'];
  await writeFile(file, [bad, good, bad, taken, bad, bad].map((line) => `${line}\n`).join(''));
  const nowhere = join(file, 'of', 'nowhere.jsonl');
  expect(await users('import', file, '--rejected', nowhere)).toMatchObject({
    code: 1,
    stderr: `Rejected lines cannot be written to ${nowhere} (ENOTDIR). Name another file with --rejected.\n`,
  });
  expect(await countUsers()).toBe(0);
  expect(await users('import', file, '--batch', '2', '--on-conflict', 'fail')).toMatchObject({ code: 1 });
  expect((await rejectedLines()).map(({ line }) => line)).toEqual([1]);
  await rm(`${file}.rejected.jsonl`);
  expect(await users('import', file, '--batch', '2')).toMatchObject({ code: 4 });
  expect((await rejectedLines()).map(({ line }) => line)).toEqual([1, 3, 5, 6]);
  const elsewhere = `${file}.elsewhere`;
  expect(await users('import', file, '--restart', '--rejected', elsewhere)).toMatchObject({ code: 4 });
  expect((await readFile(elsewhere, 'utf8')).match(/"line":\d/g)).toEqual([
    '"line":1',
    '"line":3',
    '"line":5',
    '"line":6',
  ]);
});

describe('the list of rejected lines of an import that was interrupted is complete', () => {
  const bad = '{"email":"nobody"}';
  const taken = '{"email":"ADA@example.com"}';
  const text = `${[bad, '{"email":"ada@example.com"}', bad, bad, taken, bad].join('\n')}\n`;

  /** Another file whose list is at the same place. */
  const importOther = (other: string) => async (): Promise<string[]> => {
    await writeFile(file, other);
    await users('import', file);
    await writeFile(file, text);
    return [];
  };

  test.each<[string, () => Promise<string[]>]>([
    ['the list is there', async () => []],
    ['the list has been deleted', async () => rm(`${file}.rejected.jsonl`).then(() => [])],
    ['the list is that of another file', importOther(`${bad}\n`.repeat(9))],
    ['the list is that of another file with fewer lines', importOther(`{"email":"bob@example.com"}\n${bad}\n`)],
    ['the list is that of another file, and empty', importOther('{"email":"bob@example.com"}\n')],
    ['another list is wanted', async () => ['--rejected', `${file}.elsewhere`]],
  ])('if %s', async (_case, happen) => {
    await writeFile(file, text);
    expect(await users('import', file, '--batch', '2', '--on-conflict', 'fail')).toMatchObject({ code: 1 });
    expect((await rejectedLines()).map(({ line }) => line)).toEqual([1, 3, 4]);
    const options = await happen();
    const list = options[1] ?? `${file}.rejected.jsonl`;
    for (const size of ['1', '4', '1000']) {
      expect(await users('import', file, '--batch', size, ...options)).toMatchObject({
        code: 4,
        stdout: expect.stringContaining(`4 lines rejected; see ${list}.\n`),
      });
      expect((await readFile(list, 'utf8')).match(/"line":\d/g)?.join()).toBe('"line":1,"line":3,"line":4,"line":6');
    }
  });
});

test('a file that has been imported is imported again only on request', async () => {
  await writeFile(file, '{"email":"ada@example.com"}\n{"email":"bob@example.com"}');
  expect(await users('import', file)).toMatchObject({ code: 0, stdout: '2 users were imported.\n' });
  await database.sql(`delete from auth_user where email = 'bob@example.com'`);
  expect(await users('import', file)).toMatchObject({ code: 0, stdout: expect.stringContaining('imported before') });
  expect(await countUsers()).toBe(1);
  expect(await users('import', file, '--restart')).toMatchObject({
    code: 0,
    stdout: '1 user was imported.\n1 line skipped, because the address or id is taken.\n',
  });
});

test('rejected lines are listed in a private file without their hashes, and the exit code is 4', async () => {
  const passwordHash = bcrypt.hashSync('a password', 4);
  await writeFile(file, JSON.stringify({ email: 'ada@example.com', passwordHash, phone: '1' }));
  const { code, stdout } = await users('import', file);
  expect({ code, stdout }).toEqual({
    code: 4,
    stdout: `0 users were imported.\n1 line rejected; see ${file}.rejected.jsonl.\n`,
  });
  const rejected = await readFile(`${file}.rejected.jsonl`, 'utf8');
  expect(rejected).toBe('{"line":1,"email":"ada@example.com","field":"phone","problem":"is not a field"}\n');
  expect((await stat(`${file}.rejected.jsonl`)).mode & 0o777).toBe(0o600);
});

test('a finished import lists its rejected lines again, next to a copy too, and whatever another file has left', async () => {
  const list = `${file}.rejected.jsonl`;
  const copy = `${file}.copy`;
  const bad = '{"email":"nobody"}\n';
  await writeFile(file, bad);
  await users('import', file);
  await copyFile(file, copy);
  await writeFile(file, '{"email":"ada@example.com"}\n');
  await users('import', file);
  expect(await readFile(list, 'utf8')).toBe('');
  await writeFile(file, bad);
  for (const path of [file, copy]) {
    const { stdout } = await users('import', path);
    expect(stdout).toContain(
      `imported before; use --restart to import it again.\n0 users were imported.\n1 line rejected;`,
    );
    expect(await readFile(`${path}.rejected.jsonl`, 'utf8')).toContain('"line":1');
    const json = JSON.parse((await users('import', path, '--json')).stdout) as { rejectedLines: unknown };
    expect(json.rejectedLines).toBe(`${path}.rejected.jsonl`);
  }
});

test('a file that does not exist ends with exit code 3, a taken address on request with 1', async () => {
  expect(await users('import', file)).toMatchObject({ code: 3, stdout: '', stderr: `There is no file ${file}.\n` });
  await writeFile(file, '{"email":"ada@example.com"}\n{"email":"ada@example.com"}\n');
  expect(await users('import', file, '--on-conflict', 'fail')).toMatchObject({
    code: 1,
    stderr: 'The address or id of line 2 is taken.\n',
  });
  expect(await countUsers()).toBe(0);
});

test('password hashes are exported only into a file, which its owner alone can read', async () => {
  const passwordHash = bcrypt.hashSync('a password', 4);
  await writeFile(file, JSON.stringify({ email: 'ada@example.com', passwordHash }));
  await users('import', file);
  expect(await users('export', '--with-password-hashes')).toMatchObject({ code: 2, stdout: '' });
  const printed = await users('export');
  expect(printed).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(printed.stdout)).toMatchObject({ email: 'ada@example.com', active: true });
  expect(printed.stdout).not.toContain('passwordHash');

  const exported = `${file}.exported`;
  await writeFile(exported, 'an earlier export', { mode: 0o644 });
  expect(await users('export', '--with-password-hashes', '--output', exported)).toMatchObject({ code: 0 });
  expect(JSON.parse(await readFile(exported, 'utf8'))).toMatchObject({ email: 'ada@example.com', passwordHash });
  expect((await stat(exported)).mode & 0o777).toBe(0o600);
});

test('exports to one file write apart from each other, and leave nothing behind if a signal ends them', async () => {
  await writeFile(file, '{"email":"ada@example.com"}');
  await users('import', file);
  const gate = await openGate(database.url);
  gate.trap(/left join auth_user_metadata/, 'hold');
  const settings = { DATABASE_URL: gate.url, DATABASE_PREPARED_STATEMENTS: 'false' };
  const words = ['users', 'export', '--with-password-hashes', '--output', `${file}.exported`];
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const exports = signals.map(() => startCommand(words, settings));
  await until(() => gate.held === exports.length, 'the exports');
  const filesOfExports = async (): Promise<string[]> =>
    (await readdir(dirname(file))).filter((name) => name.includes('.exported'));
  expect(await filesOfExports()).toHaveLength(exports.length);
  await Promise.all(exports.map((end, at) => end(signals[at])));
  expect(await filesOfExports()).toEqual([]);
});
