import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterwards } from '../clean-up.js';

/**
 * Runs a command until it ends; returns its standard output. The cleanup ends its whole process group, and so everything
 * that it started.
 * @throws Error its exit code is not 0
 */
export async function runCommand(folder: string, program: string, ...words: string[]): Promise<string> {
  const child = spawn(program, words, { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  afterwards(async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    process.kill(-child.pid, 'SIGKILL');
    await ended.catch(() => undefined);
  });
  const [output, problems, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${String(code)}\n${output}${problems}`);
  return output;
}
