import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterwards } from '../clean-up.js';
import { UsageError } from '../../workload/flags.js';
import { runCommand } from './command.js';
import { installDependencies } from './dependencies.js';
import type { Build } from './service.js';

/** Such as `6daf4d5`, or `6daf4d5 with changes`. */
export async function describeCheckout(folder: string): Promise<string> {
  const head = await git(folder, 'rev-parse', '--short', 'HEAD').catch(() => undefined);
  if (head === undefined) return 'without git';
  const changes = await git(folder, 'status', '--porcelain', '--untracked-files=no');
  return changes === '' ? head.trim() : `${head.trim()} with changes`;
}

/**
 * Builds a revision in a temporary worktree, which the cleanup removes.
 * @throws UsageError there is no such revision
 */
export async function checkOut(revision: string, repository: string): Promise<Build> {
  const commit = await resolveCommit(revision, repository);
  const parent = await mkdtemp(join(tmpdir(), 'auth-subgraph-revision-'));
  const folder = join(parent, commit.slice(0, 12));
  afterwards(async () => {
    await git(repository, 'worktree', 'remove', '--force', folder).catch(() => undefined);
    // After an interruption, dependencies may still be linked into it.
    await rm(parent, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    await git(repository, 'worktree', 'prune');
  });
  await git(repository, 'worktree', 'add', '--detach', folder, commit);
  console.error(`building ${revision} …`);
  await installDependencies(folder, repository);
  await runCommand(folder, 'npm', 'run', 'build', '--silent');
  return { name: revision, folder };
}

async function resolveCommit(revision: string, repository: string): Promise<string> {
  try {
    return (await git(repository, 'rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`)).trim();
  } catch (error) {
    throw new UsageError(`--compare takes a git revision, and "${revision}" is none`, { cause: error });
  }
}

async function git(folder: string, ...words: string[]): Promise<string> {
  return runCommand(folder, 'git', ...words);
}
