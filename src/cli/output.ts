import { once } from 'node:events';
import type { CommandOutput, CommandResult, Progress } from '../platform/commands/command.js';

/** How often progress is reported where there is no terminal. */
const REPORT_MS = 10_000;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}

export const commandOutput: CommandOutput = {
  async write(line) {
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
  },
  warn,
  progress: async (task, total) => (process.stderr.isTTY ? progressBar(task, total) : progressLines(task, total)),
};

/** Prints a result for people, or for programs. */
export function printResult({ text, json }: Pick<CommandResult, 'text' | 'json'>, asJson: boolean): void {
  if (!asJson && text !== '') print(text);
  if (!asJson) return;
  for (const item of Array.isArray(json) ? (json as unknown[]) : [json]) print(JSON.stringify(item));
}

async function progressBar(task: string, total: number): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format: `${task} [{bar}] {percentage}%, {eta_formatted} left`,
    stream: process.stderr,
    // Otherwise it would change modes of the terminal, which Ctrl-C would leave behind.
    linewrap: true,
  });
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}

function progressLines(task: string, total: number): Progress {
  let done = 0;
  const percentage = (): string => (total === 0 ? '' : `: ${String(Math.floor((done / total) * 100))}%`);
  const timer = setInterval(() => warn(`${task}${percentage()}`), REPORT_MS);
  return { update: (value) => (done = value), stop: () => clearInterval(timer) };
}
