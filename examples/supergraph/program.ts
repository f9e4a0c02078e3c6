import { spawn } from 'node:child_process';
import { once } from 'node:events';

const START_TIMEOUT_MS = 60_000;

export interface Program {
  /** The part of its output that the ready line captured. */
  readonly ready: string;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<unknown>;
}

interface ProgramOptions {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Matches the line that says that the program is ready; its capture group becomes `ready`. */
  readonly readyLine: RegExp;
}

/** Functions that stop the running programs, in the order in which these were started. */
const stops: (() => Promise<unknown>)[] = [];
let stopping = false;

/** Stops something else together with the programs. */
export function stopLater(stop: () => Promise<unknown>): void {
  stops.push(stop);
}

/** Stops every program, the last one first, and prevents new ones from starting. */
async function stopPrograms(): Promise<void> {
  stopping = true;
  for (const stop of stops.splice(0).reverse()) await stop();
}

/**
 * Runs until Ctrl-C, then stops every program.
 * @throws Error if it ends before
 */
export async function runPrograms(run: () => Promise<void>): Promise<void> {
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      asked.abort();
      void stopPrograms();
    });
  try {
    await run();
    if (!asked.signal.aborted) throw new Error('a program stopped unexpectedly');
  } catch (error) {
    if (!asked.signal.aborted) throw error;
  } finally {
    // If one has ended or did not start, all are stopped.
    await stopPrograms();
  }
}

/**
 * Starts a Node.js program and waits until it is ready. Output before that is shown only if the program fails; later
 * output is passed on.
 * @throws Error if the program did not start, or programs are being stopped
 */
export async function startProgram({ words, cwd, env, readyLine }: ProgramOptions): Promise<Program> {
  if (stopping) throw new Error('stopped before everything had started');
  // In a separate process group: Ctrl-C is handled here, and each program is stopped once and in order.
  const child = spawn(process.execPath, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = once(child, 'close');
  stops.push(() => {
    child.kill('SIGTERM');
    return ended;
  });
  let output = '';
  let ready: string | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const read = (chunk: Buffer): void => {
    if (ready !== undefined) {
      process.stdout.write(chunk);
      return;
    }
    output += chunk.toString();
    ready = readyLine.exec(output)?.[1];
    if (ready !== undefined) resolve(ready);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const fail = (): void => {
    reject(new Error(`${words[0] ?? ''} did not start:\n${output}`));
  };
  const patience = setTimeout(fail, START_TIMEOUT_MS);
  void ended.then(fail);
  try {
    return { ready: await promise, ended };
  } finally {
    clearTimeout(patience);
  }
}
