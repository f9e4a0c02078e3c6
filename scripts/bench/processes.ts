import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterwards } from './clean-up.js';

export interface Running {
  readonly url: string;
  readonly pid: number;
}

const START_TIMEOUT_MS = 30_000;
/** Longer than the service takes to finish the requests in progress. */
const STOP_TIMEOUT_MS = 20_000;
/** The unit in which Linux counts process time. */
const TICKS_PER_SECOND = 100;

/** Starts a Node.js program and waits until it prints its address. The cleanup stops it. */
export async function startProgram(words: readonly string[], environment: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, words, {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  afterwards(async () => {
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(patience);
  });
  return { url: await addressOf(child), pid: child.pid ?? 0 };
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
      const address = /listening on (http:\/\/[^\s/]+)/.exec(output)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      child.stdout?.off('data', read).resume();
      resolve(address.replace('localhost', '127.0.0.1'));
    };
    child.stdout?.on('data', read);
  });
}

/** The processor time that a process has used so far, in milliseconds; null if the system does not report it. */
export async function cpuMs(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}
