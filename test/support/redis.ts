import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { freePort } from './free-port.js';
import { until } from './until.js';

const PROGRAM = '/usr/bin/redis-server';

export const hasRedis = existsSync(PROGRAM);

export interface RedisServer {
  readonly url: string;
  /** Starts it again after `stop`, on the same port and without its data. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops responding, but keeps its connections. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

const running = new Set<RedisServer>();
afterAll(async () => {
  for (const server of running) await server.stop();
});

/** Starts a Redis server that is stopped after the tests of the file. */
export async function startRedis(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'auth-redis-'));
  const port = await freePort();
  let child: ReturnType<typeof spawn> | undefined;
  const server: RedisServer = {
    url: `redis://127.0.0.1:${String(port)}`,
    async start() {
      const words = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', folder];
      child = spawn(PROGRAM, words, { stdio: 'ignore' });
      await until(() => accepts(port), 'Redis');
    },
    async stop() {
      if (child?.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'close');
      await rm(join(folder, 'dump.rdb'), { force: true });
    },
    pause: () => Promise.resolve(void child?.kill('SIGSTOP')),
    resume: () => Promise.resolve(void child?.kill('SIGCONT')),
  };
  running.add(server);
  await server.start();
  return server;
}

async function accepts(port: number): Promise<true | undefined> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}
