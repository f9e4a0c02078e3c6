import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { composeSupergraph } from './compose.js';
import { startPostsSubgraph } from './posts-subgraph.js';
import { startProgram, stopLater, type Program } from './program.js';

const AUTH = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const HIVE = fileURLToPath(import.meta.resolve('@graphql-hive/gateway')).replace(/index\.js$/, 'bin.js');

export interface SupergraphOptions {
  /** For the accounts and the key of the service. */
  readonly folder: string;
  /** For the files of the gateway, which resolves its packages from there. */
  readonly gatewayFolder: string;
  /** The port of the gateway. */
  readonly port: string;
  /** More variables for the service. */
  readonly settings?: NodeJS.ProcessEnv;
}

export interface Supergraph {
  /** The address of the gateway. */
  readonly url: string;
  readonly authUrl: string;
  readonly postsUrl: string;
  /** Resolves when one of its programs has ended. */
  readonly ended: Promise<unknown>;
}

/** Starts the auth subgraph, the posts subgraph and the gateway. `runPrograms` stops them. */
export async function startSupergraph({ settings, ...options }: SupergraphOptions): Promise<Supergraph> {
  const { folder, port } = options;
  await mkdir(folder, { recursive: true });
  const env: NodeJS.ProcessEnv = {
    LOG_LEVEL: 'warn',
    // The gateway, which appends the address of its client.
    TRUSTED_HOPS: '1',
    ...process.env,
    ...settings,
    PORT: '0',
    DATA_DIR: folder,
    JWT_KEYS_FILE: join(folder, 'keys.json'),
  };
  const auth = await startAuth(folder, env);
  const jwksUri = new URL('/.well-known/jwks.json', auth.ready).href;
  const posts = await startPostsSubgraph({ jwksUri, revocations: { everySeconds: 2 } });
  stopLater(() => posts.stop());
  const gateway = await startGateway({ auth: auth.ready, posts: posts.url }, options, env);
  return {
    url: `http://localhost:${port}/graphql`,
    authUrl: auth.ready,
    postsUrl: posts.url,
    ended: Promise.race([auth.ended, gateway.ended]),
  };
}

/** Runs a command of the service until it ends, and returns its output. */
async function runAuth(folder: string, env: NodeJS.ProcessEnv, ...words: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [AUTH, ...words], { cwd: folder, env })).stdout;
}

async function startAuth(folder: string, env: NodeJS.ProcessEnv): Promise<Program> {
  if (!existsSync(join(folder, 'keys.json'))) await runAuth(folder, env, 'keys', 'generate', 'ES256');
  return startProgram({
    words: [AUTH, 'serve'],
    cwd: folder,
    env,
    readyLine: /listening on (http:\/\/\S+)[\s\S]*accessToken from a response above[^\n]*\n[^\n]*\n/,
  });
}

/** Starts the gateway with the configuration that the service prints for it. */
async function startGateway(
  urls: { readonly auth: string; readonly posts: string },
  { folder, gatewayFolder, port }: SupergraphOptions,
  env: NodeJS.ProcessEnv,
): Promise<Program> {
  await mkdir(gatewayFolder, { recursive: true });
  const config = await runAuth(folder, env, 'gateway-config', 'hive', '--url', urls.auth);
  await writeFile(join(gatewayFolder, 'gateway.config.mjs'), config);
  await writeFile(join(gatewayFolder, 'supergraph.graphql'), await composeSupergraph(urls));
  const words = ['supergraph', 'supergraph.graphql', '-c', 'gateway.config.mjs', '--host', '127.0.0.1', '--port', port];
  return startProgram({
    words: [HIVE, ...words],
    cwd: gatewayFolder,
    env: process.env,
    readyLine: /Listening on (http:\/\/[\d.:]+)/,
  });
}
