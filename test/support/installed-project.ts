import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packPackages, type PackageName, type Tarball } from '../../scripts/pack.js';

const run = promisify(execFile);
/** The Node.js that runs the tests takes precedence, for npm too. */
const PATH = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;

/** An otherwise empty project, far from the packages of this repository. */
export interface InstalledProject {
  readonly folder: string;
  readonly tarballs: readonly Tarball[];
  /** The standard error of npm during the installation. */
  readonly warnings: string;
  /** The path of an installed package. */
  packageFolder(name: string): string;
  /** Runs a program and returns the JSON that it prints. */
  runProgram(source: string, env?: Readonly<Record<string, string>>): Promise<unknown>;
  /** The same, including the program's standard error. */
  runLoggedProgram(
    source: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly answer: unknown; readonly log: string }>;
  remove(): Promise<void>;
}

/** Packs packages as for publishing, and installs the tarballs and other packages from the registry with npm. */
export async function installPackages(
  names: readonly PackageName[],
  others: readonly string[] = [],
): Promise<InstalledProject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'auth-subgraph-project-')));
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const tarballs = await packPackages(names, folder);
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--no-update-notifier'];
  const paths = tarballs.map(({ path }) => path);
  const { stderr: warnings } = await run('npm', ['install', ...options, ...paths, ...others], {
    cwd: folder,
    env: { ...process.env, PATH },
  });
  const runLoggedProgram: InstalledProject['runLoggedProgram'] = async (source, env = {}) => {
    const file = join(folder, 'program.mjs');
    await writeFile(file, source);
    const { stdout, stderr } = await run(process.execPath, [file], { cwd: folder, env: { PATH, ...env } });
    return { answer: JSON.parse(stdout) as unknown, log: stderr };
  };
  return {
    folder,
    tarballs,
    warnings,
    packageFolder: (name) => join(folder, 'node_modules', name),
    runProgram: async (source, env) => (await runLoggedProgram(source, env)).answer,
    runLoggedProgram,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
