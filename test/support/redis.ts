import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
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
  /** Sends a command over a separate connection, and returns the reply in the format of the protocol. */
  send(command: string): Promise<string>;
  /** Makes it a read-only replica of another server. */
  follow(primary: RedisServer): Promise<void>;
}

const running = new Set<RedisServer>();
const folders = new Set<string>();
const proxies = new Set<Server>();
afterAll(async () => {
  for (const proxy of proxies) proxy.close();
  for (const server of running) await server.stop();
  for (const folder of folders) await rm(folder, { recursive: true });
});

/**
 * Starts a Redis server that is stopped after the tests of the file.
 * @param settings further arguments of the program
 */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'auth-redis-'));
  folders.add(folder);
  const port = await freePort();
  let child: ReturnType<typeof spawn> | undefined;
  const server: RedisServer = {
    url: `redis://127.0.0.1:${String(port)}`,
    async start() {
      const words = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', folder, ...settings];
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
    async send(command) {
      const socket = connect(port, '127.0.0.1');
      socket.write(`${command}\r\n`);
      const [reply] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return reply.toString();
    },
    async follow({ url }) {
      await server.send(`REPLICAOF 127.0.0.1 ${new URL(url).port}`);
    },
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

export interface RedisAddress {
  readonly url: string;
  leadTo(server: RedisServer): void;
  /** Forwards nothing on the connections from before, which stay open. */
  freeze(): void;
}

/** An address that leads to one server at a time, as that of a load balancer does. Connections stay with their server. */
export async function redisAddress(first: RedisServer): Promise<RedisAddress> {
  let target = first;
  const callers = new Set<Socket>();
  const proxy = createServer((caller) => {
    callers.add(caller);
    const server = connect(Number(new URL(target.url).port), '127.0.0.1');
    for (const [one, other] of [
      [caller, server],
      [server, caller],
    ] as const)
      one
        .on('error', () => other.destroy())
        .on('close', () => other.destroy())
        .pipe(other);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  proxies.add(proxy);
  return {
    url: `redis://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`,
    leadTo: (server) => void (target = server),
    freeze: () => callers.forEach((caller) => caller.unpipe().pause()),
  };
}
