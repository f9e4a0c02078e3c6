import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { composeSupergraph } from './compose.js';
import { operations } from './operations.js';
import { startPostsSubgraph } from './posts-subgraph.js';
import { startProgram, stopPrograms, type Program } from './program.js';

const AUTH = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const HIVE = fileURLToPath(import.meta.resolve('@graphql-hive/gateway')).replace(/index\.js$/, 'bin.js');
/** The folder from which the gateway resolves its packages. */
const GATEWAY_FOLDER = fileURLToPath(new URL('.data', import.meta.url));
const FOLDER = process.env['DATA_DIR'] ?? GATEWAY_FOLDER;
const PORT = process.env['PORT'] ?? '4000';

const authEnv: NodeJS.ProcessEnv = {
  LOG_LEVEL: 'warn',
  ...process.env,
  PORT: '0',
  DATA_DIR: FOLDER,
  JWT_KEYS_FILE: join(FOLDER, 'keys.json'),
};

/** Runs a command of the service until it ends, and returns its output. */
async function runAuth(...words: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [AUTH, ...words], { cwd: FOLDER, env: authEnv })).stdout;
}

async function startAuth(): Promise<Program> {
  if (!existsSync(join(FOLDER, 'keys.json'))) await runAuth('keys', 'generate', 'ES256');
  return startProgram({
    words: [AUTH, 'serve'],
    cwd: FOLDER,
    env: authEnv,
    readyLine: /listening on (http:\/\/\S+)[\s\S]*accessToken from a response above[^\n]*\n[^\n]*\n/,
  });
}

/** Starts the gateway with the configuration that the service prints for it. */
async function startGateway(urls: { readonly auth: string; readonly posts: string }): Promise<Program> {
  await mkdir(GATEWAY_FOLDER, { recursive: true });
  await writeFile(
    join(GATEWAY_FOLDER, 'gateway.config.mjs'),
    await runAuth('gateway-config', 'hive', '--url', urls.auth),
  );
  await writeFile(join(GATEWAY_FOLDER, 'supergraph.graphql'), await composeSupergraph(urls));
  const words = ['supergraph', 'supergraph.graphql', '-c', 'gateway.config.mjs', '--host', '127.0.0.1', '--port', PORT];
  return startProgram({
    words: [HIVE, ...words],
    cwd: GATEWAY_FOLDER,
    env: process.env,
    readyLine: /Listening on (http:\/\/[\d.:]+)/,
  });
}

async function run(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const auth = await startAuth();
  const jwksUri = new URL('/.well-known/jwks.json', auth.ready).href;
  const posts = await startPostsSubgraph({ jwksUri, revocations: { everySeconds: 2 } });
  try {
    const gateway = await startGateway({ auth: auth.ready, posts: posts.url });
    const url = `http://localhost:${PORT}/graphql`;
    console.log(`\nThe supergraph is listening on ${url}`);
    console.log(`Its subgraphs are auth on ${auth.ready} and posts on ${posts.url}; the data is in ${FOLDER}\n`);
    console.log(`Paste these into a second terminal; Ctrl-C here stops everything.\n\n${operations(url)}`);
    await Promise.race([auth.ended, gateway.ended]);
  } finally {
    await posts.stop();
  }
}

const asked = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    asked.abort();
    void stopPrograms();
  });

try {
  await run();
  if (!asked.signal.aborted) throw new Error('a program stopped unexpectedly');
} catch (error) {
  if (!asked.signal.aborted) throw error;
} finally {
  // If one has ended or did not start, all are stopped.
  await stopPrograms();
}
