import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterwards } from '../clean-up.js';

export interface Program {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** How to start a server. */
export interface StartCommand {
  readonly name: string;
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A request that it answers with success as soon as it serves. */
  readonly firstRequest: Buffer;
}

const START_TIMEOUT_MS = 30_000;
/** Longer than the service takes to finish the requests in progress. */
const STOP_TIMEOUT_MS = 20_000;

/** Starts a Node.js program. The cleanup stops it. */
export function spawnProgram(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): { readonly child: ChildProcess; readonly stop: () => Promise<void> } {
  const child = spawn(process.execPath, words, {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(patience);
  };
  afterwards(stop);
  return { child, stop };
}

/** Starts a Node.js program and waits until it prints its address. The cleanup stops it. */
export async function startProgram(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const { child, stop } = spawnProgram(words, environment);
  return { url: await addressOf(child), pid: child.pid ?? 0, stop };
}

async function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => {
      reject(new Error(`a program did not start:\n${output}`));
    }, START_TIMEOUT_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`a program ended:\n${output}`));
    });
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const address = /(http:\/\/[^\s/]+:\d+)[/\s]/.exec(output)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      child.stdout?.off('data', read).resume();
      resolve(address.replace('localhost', '127.0.0.1'));
    };
    child.stdout?.on('data', read);
  });
}
