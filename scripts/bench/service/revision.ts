import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterwards } from '../clean-up.js';
import { UsageError } from '../options.js';
import { installDependencies } from './dependencies.js';
import type { Build } from './service.js';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Such as `6daf4d5`, or `6daf4d5 with changes`. */
export async function describeCheckout(folder: string): Promise<string> {
  const { stdout: head } = await git(folder, 'rev-parse', '--short', 'HEAD');
  const { stdout: changes } = await git(folder, 'status', '--porcelain', '--untracked-files=no');
  return changes === '' ? head.trim() : `${head.trim()} with changes`;
}

/**
 * Builds a revision in a worktree of its own, which the cleanup removes.
 * @throws UsageError there is no such revision
 */
export async function checkOut(revision: string, repository: string): Promise<Build> {
  const commit = await resolveCommit(revision, repository);
  const parent = await mkdtemp(join(tmpdir(), 'auth-subgraph-revision-'));
  const folder = join(parent, commit.slice(0, 12));
  afterwards(async () => {
    await git(repository, 'worktree', 'remove', '--force', folder).catch(() => undefined);
    await rm(parent, { recursive: true, force: true });
    await git(repository, 'worktree', 'prune');
  });
  await git(repository, 'worktree', 'add', '--detach', folder, commit);
  console.error(`building ${revision} …`);
  await installDependencies(folder, repository);
  await run('npm', ['run', 'build', '--silent'], { cwd: folder, maxBuffer: MAX_OUTPUT_BYTES });
  return { name: revision, folder };
}

async function resolveCommit(revision: string, repository: string): Promise<string> {
  try {
    const { stdout } = await git(repository, 'rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`);
    return stdout.trim();
  } catch (error) {
    throw new UsageError(`--compare takes a git revision, and "${revision}" is none`, { cause: error });
  }
}

async function git(folder: string, ...words: string[]): Promise<{ stdout: string }> {
  return run('git', words, { cwd: folder, maxBuffer: MAX_OUTPUT_BYTES });
}
