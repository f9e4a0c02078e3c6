import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import type { Logger } from './logger.js';
import { clusterPaths } from './cluster-paths.js';
import type { DatabasePlace } from './database-place.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { CLUSTER_NAME, readServerStatus } from './postgres-pidfile.js';
import { childOptions, type ProcessUser } from './run-program.js';
import { stopServer } from './stop-server.js';

const START_ATTEMPTS = 5;
/** Long, because after a crash the server first replays its log. */
const START_TIMEOUT_SECONDS = 120;
const POLL_MILLISECONDS = 10;
const OUTPUT_LINES_KEPT = 20;

/** Lines about rejected connections, which would push out the reason why the server stopped. */
const REJECTED_CONNECTION =
  /FATAL: +the database system is (starting up|shutting down|in recovery mode|not yet accepting)/;

// Either the port was taken between choosing and using it, or the last processes of a killed server are still ending.
const PASSES = /Address already in use|could not create any TCP\/IP sockets|pre-existing shared memory block/;

/** A running server. */
export interface PostgresServer {
  readonly pid: number;
  readonly port: number;
  /** The last lines of its output. */
  readonly output: string;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the server of the cluster on a port, by default a free one. @throws EmbeddedPostgresError it does not start
 */
export async function startServer(
  place: DatabasePlace,
  binaries: PostgresBinaries,
  flags: readonly string[],
  logger: Logger,
  port?: number,
): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt++) {
    const launch = new Launch(place, binaries, port ?? (await freePort()), flags, logger);
    if (await launch.isReady()) return launch;

    if (attempt === START_ATTEMPTS || !PASSES.test(launch.output)) {
      throw new EmbeddedPostgresError(
        `PostgreSQL did not start on the database in ${place.folder}. Fix what it reports, or use another folder. ` +
          `PostgreSQL said:\n${launch.output}`,
      );
    }
    await delay(attempt * 100);
  }
}

class Launch implements PostgresServer {
  readonly pid: number;
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #phase: 'starting' | 'running' | 'stopping' | 'ended' = 'starting';

  constructor(
    private readonly place: DatabasePlace,
    private readonly binaries: PostgresBinaries,
    readonly port: number,
    flags: readonly string[],
    private readonly logger: Logger,
  ) {
    this.#child = spawn(binaries.postgres, serverArguments(clusterPaths(place.folder).data, port, flags), {
      ...childOptions(place.user),
      stdio: ['ignore', 'ignore', 'pipe'],
      // Ctrl-C goes to the whole process group, but your application still needs its database while it shuts down.
      detached: process.platform !== 'win32',
    });
    this.pid = this.#child.pid ?? 0;
    this.ended = new Promise((resolve) => {
      for (const event of ['exit', 'error']) this.#child.once(event, () => resolve());
    });
    this.#follow();
    if (this.pid > 0) endWithThisProcess(this.pid, this.#child, place.user);
  }

  get output(): string {
    return this.#lines.join('\n');
  }

  async isReady(): Promise<boolean> {
    const { data } = clusterPaths(this.place.folder);
    const deadline = performance.now() + START_TIMEOUT_SECONDS * 1000;
    while (this.#phase === 'starting' && performance.now() < deadline) {
      const status = await readServerStatus(data);
      if (status?.ready === true && status.pid === this.pid && status.port === this.port) {
        this.#phase = 'running';
        return true;
      }
      await delay(POLL_MILLISECONDS);
    }
    await this.stop();
    return false;
  }

  async stop(): Promise<void> {
    // If the program could not be started, its pid is 0, and signals would go to this process and its group.
    if (this.#phase === 'ended' || this.pid === 0) return;
    // The output of a killed server can stay open after it has ended, while another program reuses its pid.
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#phase = 'stopping';
    await stopServer(this.pid, this.binaries);
  }

  #follow(): void {
    const { stderr } = this.#child;
    if (stderr === null) return;
    createInterface({ input: stderr }).on('line', (line) => {
      if (!REJECTED_CONNECTION.test(line)) this.#lines.push(line);
      if (this.#lines.length > OUTPUT_LINES_KEPT) this.#lines.shift();
      this.logger.debug({ line }, 'PostgreSQL');
    });
    this.#child.once('error', (error) => {
      this.#lines.push(error.message);
      this.#phase = 'ended';
    });
    // Waits for the output too, since it contains the reason.
    this.#child.once('close', (exitCode, signal) => {
      if (this.#phase === 'running') {
        this.logger.error({ pid: this.pid, exitCode, signal, output: this.output }, 'PostgreSQL stopped unexpectedly');
      }
      this.#phase = 'ended';
    });
    // A forgotten stop() must not keep a finished script running.
    this.#child.unref();
    if (stderr instanceof Socket) stderr.unref();
  }
}

function serverArguments(data: string, port: number, flags: readonly string[]): string[] {
  const settings = {
    cluster_name: CLUSTER_NAME,
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    // Omits errors of single statements: they quote values, and your application reports them itself.
    log_min_messages: 'log',
  };
  const ours = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', data, ...ours, ...flags];
}

/**
 * Makes the server end when this process ends, however that happens: a shell waits for a pipe to break, which the
 * system closes even for a killed process.
 */
function endWithThisProcess(pid: number, server: ChildProcess, user: ProcessUser | undefined): void {
  if (process.platform === 'win32') return;
  const watcher = spawn('sh', ['-c', 'read -r line; kill -INT "$1"', 'sh', String(pid)], {
    ...childOptions(user),
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.on('error', () => undefined);
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  // Once the server has ended, another program may reuse its pid.
  server.once('exit', () => watcher.kill('SIGKILL'));
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        resolve(address !== null && typeof address === 'object' ? address.port : 0);
      });
    });
  });
}
