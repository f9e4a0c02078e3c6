import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../scripts/bench/run.js';

/** The dependencies of a revision are being linked by then. */
const INTERRUPT_AFTER_MS = 250;
const PROGRAM = ['--import', '@swc-node/register/esm-register', 'scripts/bench.ts'];
const SHORT = ['--seconds', '0.1', '--rounds', '1', '--starts', '1', '--idle-seconds', '1', '--allow-noise'];

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the benchmark until it ends, or until it prints a text and is interrupted soon afterwards. */
async function bench(words: readonly string[], interruptAt?: string, folder = tmpdir()): Promise<Ended> {
  const child = spawn(process.execPath, [...PROGRAM, ...words], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let [stdout, stderr] = ['', ''];
  let timer: NodeJS.Timeout | undefined;
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (interruptAt !== undefined && stderr.includes(interruptAt))
      timer ??= setTimeout(() => child.kill('SIGINT'), INTERRUPT_AFTER_MS);
  });
  const [code] = await ended;
  return { code, stdout, stderr };
}

/** The worktrees of compared revisions. A contributor may add others while the test runs. */
async function revisionWorktrees(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('git', ['worktree', 'list', '--porcelain']);
  return stdout.split('\n').filter((line) => line.startsWith('worktree ') && line.includes('auth-subgraph-revision-'));
}

test('a short run measures the service between the floors and better-auth', async () => {
  const { code, stdout, stderr } = await bench([...SHORT, '--json', '--only', 'me,refresh,entities,startup,idle']);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const outcome = JSON.parse(stdout) as Outcome;
  const [me, refresh, entities] = outcome.operations;
  const namesIn = (operation: typeof me): string[] => operation?.subjects.map(({ name }) => name) ?? [];
  expect(namesIn(me)).toEqual([
    'Apollo Server, one plain field',
    'Fastify, constant',
    'node:http, constant',
    'auth-subgraph',
    'better-auth',
  ]);
  expect(namesIn(refresh)).toEqual(['Apollo Server, one plain field', 'auth-subgraph']);
  expect(namesIn(entities)).toEqual(['Apollo Server, one plain field', 'the same in memory', 'auth-subgraph']);
  for (const { subjects } of outcome.operations)
    for (const subject of subjects) {
      expect(subject).toMatchObject({ failures: 0, firstFailure: null });
      expect(subject.perSecond).toBeGreaterThan(0);
    }
  expect(me?.comparisons.map(({ subject, base }) => `${subject} / ${base}`)).toContain('auth-subgraph / better-auth');
  const service = me?.subjects.find(({ name }) => name === 'auth-subgraph');
  expect(service?.statements).toEqual(expect.any(Number));
  expect(outcome.startup.map(({ name }) => name)).toEqual(['auth-subgraph', 'better-auth']);
  expect(outcome.idle.map(({ name }) => name)).toEqual(['auth-subgraph', 'better-auth']);
  expect(outcome.memory.map(({ name }) => name)).toEqual(['auth-subgraph', 'better-auth']);
});

test('two processes share the load of as many clients as asked for', async () => {
  const { code, stdout, stderr } = await bench([...SHORT, '--only', 'me', '--processes', '2', '--clients', '60']);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toContain('2 processes / 1 process');
  expect(stdout).toContain('2 processes, 60 clients / 2 processes, 50 clients');
});

test('a run stops everything once nobody reads its output any more', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-unread-'));
  // PostgreSQL may have to run as another user, who must be able to enter the folder.
  await chmod(folder, 0o755);
  const child = spawn(process.execPath, [...PROGRAM, ...SHORT, '--only', 'me'], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (!stderr.includes('registering accounts')) return;
    child.stdout.destroy();
    child.stderr.destroy();
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(1);
  expect((await readdir(folder)).filter((name) => name.startsWith('auth-subgraph-'))).toEqual([]);
  // Of the group of the run, no process is left.
  expect(() => process.kill(-(child.pid ?? 0), 0)).toThrow('ESRCH');
  await rm(folder, { recursive: true });
});

test('a wrong argument is explained without a stack', async () => {
  expect(await bench(['--only', 'logout'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^--only does not know "logout"; it knows [\w, ]+\n$/) as unknown,
  });
});

test('the help is printed on request', async () => {
  expect(await bench(['--help'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('--compare <revision>') as unknown,
  });
});

describe('a comparison with a revision', () => {
  const hasGit = existsSync('.git');
  if (!hasGit) process.stderr.write('This is not a git checkout: the tests of --compare are skipped\n');
  const testHere = hasGit ? test : test.skip;

  testHere('that does not exist is refused', async () => {
    expect(await bench(['--compare', 'no-such-revision'])).toMatchObject({
      code: 1,
      stderr: '--compare takes a git revision, and "no-such-revision" is none\n',
    });
  });

  testHere('removes its worktree and its files when it is interrupted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-interrupted-'));
    // PostgreSQL may have to run as another user, who must be able to enter the folder.
    await chmod(folder, 0o755);
    const before = await revisionWorktrees();
    const { code, stderr } = await bench(['--compare', 'HEAD'], 'building HEAD', folder);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('stopped by SIGINT') as unknown,
    });
    const after = await revisionWorktrees();
    expect(after.filter((line) => !before.includes(line))).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.startsWith('auth-subgraph-'))).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
