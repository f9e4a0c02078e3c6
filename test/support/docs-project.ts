import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { blocksIn, blocksOf, ROOT, type CodeBlock } from './pages.js';
import { RunRecord } from './secrets/run-record.js';

const run = promisify(execFile);
const PACKAGES = ['.', 'packages/verifier', 'packages/client', 'packages/ui', 'packages/embedded-postgres'];
const END_TIMEOUT_MS = 120_000;

/** The outcome of a program in the documentation. */
export interface Outcome {
  /** What it has printed so far. */
  readonly output: () => string;
  /** Where it serves; undefined if it has ended. */
  readonly url: string | undefined;
  readonly exitCode: number | null;
  readonly stop: () => Promise<void>;
}

/** A reader's project, with the packed packages and everything that the pages install. */
export interface DocsProject {
  readonly folder: string;
  /** Compiles every block of TypeScript as its page says, with components, and returns what the compiler reports. */
  compile(): Promise<string>;
  /** Runs a compiled block until it has ended or serves. */
  start(block: CodeBlock, env: Readonly<Record<string, string>>): Promise<Outcome>;
  remove(): Promise<void>;
}

/** Every package in the install lines of the pages, such as `graphql@16`. */
export function installed(): string[] {
  const lines = blocksIn('sh').flatMap(({ code }) => code.split('\n'));
  const words = lines.filter((line) => line.startsWith('npm install ')).flatMap((line) => line.split(' ').slice(2));
  return [...new Set(words)].filter((word) => !word.startsWith('--')).sort();
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string } | undefined>>;
}

/**
 * The same package in the version that this repository is tested with.
 * @throws Error if the pages name another version
 */
async function pinned(spec: string): Promise<string> {
  const [, name = '', range = ''] = /^(@?[^@]+)@?(.*)$/.exec(spec) ?? [];
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const version = lock.packages[`node_modules/${name}`]?.version ?? 'no version';
  if (range !== '' && version !== range && !version.startsWith(`${range}.`))
    throw new Error(`the pages install ${spec}, and the repository is tested with ${version}`);
  return `${name}@${version}`;
}

async function pack(folder: string, destination: string): Promise<string> {
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination];
  const { stdout } = await run('npm', words, { cwd: join(ROOT, folder) });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return join(destination, filename);
}

/** Installs the project from the registry and from the packed packages. */
export async function docsProject(): Promise<DocsProject> {
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-docs-'));
  // PostgreSQL does not run as root, and its user must be able to enter this folder.
  await chmod(folder, 0o755);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const tarballs = await Promise.all(PACKAGES.map((name) => pack(name, folder)));
  const others = installed().filter((spec) => !/^(@auth-subgraph\/|auth-subgraph$)/.test(spec));
  const specs = [...tarballs, ...(await Promise.all(others.map(pinned)))];
  const flags = ['--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', ...flags, ...specs], { cwd: folder });
  return {
    folder,
    compile: () => compile(folder),
    start: (block, env) => start(join(folder, 'dist', fileOf(block).replace(/ts$/, 'js')), env),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The path of a block in the project: one folder per page, so that blocks of a page can import each other. */
function fileOf({ page, line, example, language }: CodeBlock): string {
  const name = example === undefined ? `line-${String(line)}.${language}` : basename(example);
  return join(page.replaceAll(/\W/g, '-'), name);
}

/** The `tsconfig.json` that a page shows; pages without one get that of the verifier. */
function configOf(page: string): string {
  const shown = blocksOf(page, 'json').find(({ code }) => code.includes('compilerOptions'));
  return shown?.code ?? configOf('docs/guides/verifier.md');
}

async function compile(folder: string): Promise<string> {
  const byConfig = Map.groupBy([...blocksIn('ts'), ...blocksIn('tsx')], ({ page }) => configOf(page));
  const reports: string[] = [];
  for (const [config, blocks] of byConfig) {
    for (const block of blocks) {
      await mkdir(dirname(join(folder, fileOf(block))), { recursive: true });
      await writeFile(join(folder, fileOf(block)), block.code);
    }
    const { compilerOptions } = JSON.parse(config) as { compilerOptions: object };
    const project = {
      compilerOptions: { ...compilerOptions, rootDir: '.', jsx: 'react-jsx' },
      files: blocks.map(fileOf),
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project));
    const words = [join(folder, 'node_modules/typescript/bin/tsc'), '-p', folder];
    await run(process.execPath, words, { cwd: folder }).catch((error: unknown) => {
      reports.push((error as { stdout: string }).stdout);
    });
  }
  return reports.join('\n');
}

async function start(file: string, env: Readonly<Record<string, string>>): Promise<Outcome> {
  const [port, internalPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [file], {
    cwd: dirname(file),
    env: {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      PORT: String(port),
      INTERNAL_PORT: String(internalPort),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(() => {
    RunRecord.ofRun().log('output of a program', output);
  });
  const life = { over: false };
  void ended.then(() => (life.over = true));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const url = `http://127.0.0.1:${String(port)}/graphql`;
  const patience = performance.now() + END_TIMEOUT_MS;
  while (!life.over) {
    if (await accepts(port)) return { output: () => output, url, exitCode: null, stop };
    if (performance.now() > patience) {
      await stop();
      throw new Error(`${file} neither ended nor served:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { output: () => output, url: undefined, exitCode: child.exitCode, stop };
}

/** Whether a server listens on a port of this machine. */
async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const [event] = await Promise.race([
    once(socket, 'connect').then(() => ['connect']),
    once(socket, 'close').then(() => ['close']),
  ]).catch(() => ['error']);
  socket.destroy();
  return event === 'connect';
}
