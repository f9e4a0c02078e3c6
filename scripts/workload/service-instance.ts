import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '../../test/support/free-port.js';
import { spawnProgram } from '../bench/service/program.js';

const START_TIMEOUT_MS = 60_000;
const WARNING = 40;

/** A line that the service logged at level `warn` or above. */
export interface LogLine {
  /** On the clock of `performance.now()`. */
  readonly at: number;
  readonly text: string;
}

/** A process of the built service that keeps its address when it is killed and started again. */
export class ServiceInstance {
  readonly logLines: LogLine[] = [];
  /** Printed lines that are not log lines. */
  readonly printed: string[] = [];
  #child: ChildProcess | undefined;

  private constructor(
    readonly url: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly nodeFlags: readonly string[],
  ) {}

  /** Starts a process on a free port. The cleanup stops it. */
  static async start(
    environment: Readonly<Record<string, string>>,
    nodeFlags: readonly string[] = [],
  ): Promise<ServiceInstance> {
    const port = String(await freePort());
    const instance = new ServiceInstance(`http://127.0.0.1:${port}`, { ...environment, PORT: port }, nodeFlags);
    await instance.launch();
    return instance;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Starts the process and waits until it serves. */
  async launch(): Promise<void> {
    const words = [...this.nodeFlags, 'dist/cli/main.js', 'serve'];
    const { child } = spawnProgram(words, this.environment);
    this.#child = child;
    const { stdout } = child;
    if (!stdout) throw new Error('the service has no output');
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(this.#describe('did not start'))), START_TIMEOUT_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        reject(new Error(this.#describe('ended')));
      });
      createInterface({ input: stdout }).on('line', (line) => {
        this.#read(line);
        if (!line.includes('listening on http://')) return;
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #read(line: string): void {
    if (!line.startsWith('{')) {
      this.printed.push(line);
      return;
    }
    const { level, msg, error } = JSON.parse(line) as { level: number; msg: string; error?: string };
    const text = error === undefined ? msg : `${msg} (${error})`;
    if (level >= WARNING) this.logLines.push({ at: performance.now(), text });
  }

  #describe(problem: string): string {
    return [`a process of the service ${problem}`, ...this.printed, ...this.logLines.map(({ text }) => text)].join(
      '\n',
    );
  }
}
