import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface PackedPackage {
  /** The files that would be published. */
  readonly files: readonly string[];
  /** Where a user's project has it. */
  readonly folder: string;
  /** Runs a user's program on it, and answers the JSON that it prints. */
  runProgram(source: string, env?: Readonly<Record<string, string>>): Promise<unknown>;
  /** The same, with what the program wrote to standard error. */
  runLoggedProgram(
    source: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly answer: unknown; readonly log: string }>;
  remove(): Promise<void>;
}

/** Packs the package as it would be published, and lays it where a user's project finds it. */
export async function packPackage(): Promise<PackedPackage> {
  const project = await mkdtemp(join(tmpdir(), 'auth-subgraph-package-'));
  const folder = join(project, 'node_modules', 'auth-subgraph');
  await mkdir(folder, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
    cwd: ROOT,
  });
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  await run('tar', ['-xzf', join(project, filename), '-C', folder, '--strip-components=1']);
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const runLoggedProgram: PackedPackage['runLoggedProgram'] = async (source, env = {}) => {
    const file = join(project, 'program.mjs');
    await writeFile(file, source);
    const { stdout: printed, stderr } = await run(process.execPath, [file], {
      env: { PATH: process.env['PATH'], ...env },
    });
    return { answer: JSON.parse(printed) as unknown, log: stderr };
  };
  return {
    files: files.map(({ path }) => path),
    folder,
    runProgram: async (source, env) => (await runLoggedProgram(source, env)).answer,
    runLoggedProgram,
    remove: () => rm(project, { recursive: true, force: true }),
  };
}
