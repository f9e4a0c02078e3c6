import { spawn } from 'node:child_process';
import { once } from 'node:events';

const START_TIMEOUT_MS = 60_000;

export interface Program {
  /** What it says of itself in the line that it was waited for. */
  readonly ready: string;
  /** Fulfilled when it has ended, whatever the reason. */
  readonly ended: Promise<unknown>;
}

interface ProgramOptions {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The line that says that it is ready; its group is what it says. */
  readonly readyLine: RegExp;
}

/** How to end each program that runs, in the order in which they were started. */
const stops: (() => Promise<unknown>)[] = [];
let stopping = false;

/** Ends every program, the last one first, and lets none start any more. */
export async function stopPrograms(): Promise<void> {
  stopping = true;
  for (const stop of stops.splice(0).reverse()) await stop();
}

/**
 * Starts a Node.js program and waits until it is ready. What it prints before that is shown only if it fails, and
 * whatever it prints afterwards is passed on.
 * @throws Error the program did not start, or is not to start any more
 */
export async function startProgram({ words, cwd, env, readyLine }: ProgramOptions): Promise<Program> {
  if (stopping) throw new Error('stopped before everything had started');
  // In a group of its own: Ctrl-C is for us, and we end each program once and in order.
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
