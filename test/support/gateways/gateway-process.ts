import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import type { GatewayTarget } from '../../../src/cli/gateway-config/gateway-target.js';
import { freePort } from '../free-port.js';
import { GraphQLTestClient } from '../graphql-client.js';
import { RunRecord } from '../secrets/run-record.js';
import { until } from '../until.js';
import { askGateway } from './ask-gateway.js';

const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const START_TIMEOUT_MS = 60_000;

/** The supergraph that a gateway serves. */
export interface Supergraph {
  readonly auth: GatewayTarget;
  readonly postsUrl: string;
  /** The schema of the auth subgraph, if it is not the published one. */
  readonly authSdl?: string | undefined;
  /** Environment variables of the gateway's process. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Gateway extends GraphQLTestClient {
  readonly url: string;
  /** The output so far. */
  output(): string;
  stop(): Promise<void>;
}

interface Program {
  /** The files of the folder that it runs in, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** The program and its arguments, given the port to listen on. */
  readonly command: (port: number) => readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>> | undefined;
}

const running = new Set<Gateway>();
afterAll(async () => {
  for (const gateway of running) await gateway.stop();
});

/** Runs a gateway in its own folder, and waits until it serves. */
export async function runGateway({ files, command, env }: Program): Promise<Gateway> {
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-gateway-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await symlink(NODE_MODULES, join(folder, 'node_modules'));
  const port = await freePort();
  const [program, ...words] = command(port);
  const child = spawn(program, words, {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, 'close').then(() => {
    RunRecord.ofRun().log('output of a gateway', text);
  });
  const url = `http://127.0.0.1:${String(port)}/graphql`;
  const client = new GraphQLTestClient((body, headers) => askGateway(url, body, headers));
  const gateway: Gateway = Object.assign(client, {
    url,
    output: () => text,
    stop: async () => {
      running.delete(gateway);
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  });
  running.add(gateway);
  await until(() => answers(gateway, child), 'the gateway', START_TIMEOUT_MS).catch((error: unknown) => {
    throw new Error(`the gateway did not start:\n${text}`, { cause: error });
  });
  return gateway;
}

async function answers(gateway: Gateway, child: { readonly exitCode: number | null }): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`it ended with ${String(child.exitCode)}`);
  try {
    const { data } = await gateway.request<{ __typename?: string } | undefined>('{ __typename }');
    return data?.__typename === 'Query';
  } catch {
    return false;
  }
}
