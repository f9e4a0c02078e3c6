import { spawn } from 'node:child_process';
import { once } from 'node:events';

const START_TIMEOUT_MS = 60_000;

export interface Program {
  /** What it says of itself in the line that it was waited for. */
  readonly ready: string;
  /** Fulfilled when it has ended, whatever the reason. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

interface ProgramOptions {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The line that says that it is ready; its group is what it says. */
  readonly readyLine: RegExp;
}

/**
 * Starts a Node.js program and waits until it is ready. What it prints before that is shown only if it fails, and
 * whatever it prints afterwards is passed on.
 */
export async function startProgram({ words, cwd, env, readyLine }: ProgramOptions): Promise<Program> {
  // In a group of its own: Ctrl-C is for us, and we end each program once and in order.
  const child = spawn(process.execPath, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = once(child, 'close');
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
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    return { ready: await promise, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(patience);
  }
}
