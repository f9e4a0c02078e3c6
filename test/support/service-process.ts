import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { GraphQLTestClient, type HttpAnswer } from './graphql-client.js';
import { RunRecord } from './secrets/run-record.js';
import { noteEnvironment } from './secrets/secrets-in.js';
import { TEST_SECRET } from './test-secret.js';

/** The command line of the service, as built here. */
const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** The working directory of services without their own folder. */
const DATA_FOLDER = join(tmpdir(), `auth-subgraph-services-${String(process.pid)}`);
const START_TIMEOUT_MS = 120_000;

export interface ServiceProcess extends GraphQLTestClient {
  readonly url: string;
  readonly pid: number;
  /** The output so far. */
  output(from?: 'stdout' | 'stderr'): string;
  /** Sends a signal and waits for the end; returns the exit code, or null after a signal that was not handled. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface Finished {
  readonly code: number | null;
  /** The whole output. */
  readonly output: string;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<() => Promise<unknown>>();
afterAll(async () => {
  for (const kill of running) await kill();
  await rm(DATA_FOLDER, { recursive: true, force: true });
});

/** The environment of a service under test: only what is needed to find programs. */
function environmentOf(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'warn',
    DATA_DIR: DATA_FOLDER,
    JWT_SECRET: TEST_SECRET,
    PASSWORD_SALT_ROUNDS: '4',
    // Tests call more often than users do.
    RATE_LIMITS_ENABLED: 'false',
    ...settings,
  };
}

function launch(
  words: readonly string[],
  settings: Readonly<Record<string, string>>,
  cwd = process.cwd(),
  program = PROGRAM,
  flags: readonly string[] = [],
): { child: ReturnType<typeof spawn>; output: (from?: 'stdout' | 'stderr') => string; ended: Promise<number | null> } {
  const record = RunRecord.ofRun();
  const env = environmentOf(settings);
  noteEnvironment(record, env);
  const child = spawn(process.execPath, [...flags, program, ...words], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: { readonly to: 'stdout' | 'stderr'; readonly text: string }[] = [];
  for (const to of ['stdout', 'stderr'] as const)
    child[to].on('data', (chunk: Buffer) => printed.push({ to, text: chunk.toString() }));
  const output = (from?: 'stdout' | 'stderr'): string =>
    printed.map(({ to, text }) => (from === undefined || from === to ? text : '')).join('');
  const ended = once(child, 'close').then(([code]) => {
    record.log(`output of ${words[0] ?? 'the program'}`, output());
    return code as number | null;
  });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  running.add(kill);
  void ended.then(() => running.delete(kill));
  return { child, output, ended };
}

/** Runs a command of the built command line until it ends, in a folder that may contain a `.env` file. */
export async function runCommand(
  words: readonly string[],
  settings: Record<string, string> = {},
  cwd?: string,
  program?: string,
): Promise<Finished> {
  const { output, ended } = launch(words, settings, cwd, program);
  const code = await ended;
  return { code, output: output(), stdout: output('stdout'), stderr: output('stderr') };
}

/** Starts a command of the built command line, and returns a function that ends it with a signal. */
export function startCommand(
  words: readonly string[],
  settings: Record<string, string>,
): (signal?: NodeJS.Signals) => Promise<void> {
  const { child, ended } = launch(words, settings);
  return async (signal = 'SIGKILL') => {
    child.kill(signal);
    await ended;
  };
}

/**
 * Starts the built service as a separate process, and waits until it serves.
 * @param flags of Node.js
 */
export async function startService(
  settings: Record<string, string> = {},
  program?: string,
  command = 'serve',
  flags: readonly string[] = [],
): Promise<ServiceProcess> {
  const { child, output, ended } = launch(command.split(' '), settings, undefined, program, flags);
  const url = await addressIn(output, ended);
  const client = new GraphQLTestClient(async (body, headers): Promise<HttpAnswer> => {
    const response = await fetch(url, { method: 'POST', body, headers });
    return { status: response.status, text: await response.text(), setCookies: response.headers.getSetCookie() };
  });
  return Object.assign(client, {
    url,
    pid: child.pid ?? 0,
    output,
    stop: async (signal: NodeJS.Signals = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  });
}

async function addressIn(output: () => string, ended: Promise<unknown>): Promise<string> {
  const life = { over: false };
  void ended.then(() => (life.over = true));
  const patience = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < patience && !life.over) {
    const url = /(?:listening on |^\{"url":")(http:\/\/[^\s"]+)/m.exec(output())?.[1];
    if (url !== undefined) return url.replace('localhost', '127.0.0.1');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the service did not start:\n${output()}`);
}
