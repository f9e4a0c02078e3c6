#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

/** The oldest supported Node.js version, as in `engines` of package.json. */
const [NODE_MAJOR, NODE_MINOR] = [22, 17];

/** Whatever ran in this time after the start is compiled before the next one. */
const CACHE_AFTER_MS = 10_000;

/** As if SIGPIPE had ended the process, which Node.js ignores. */
const PIPE_CLOSED = 141;

/** With the exit codes of a process that they have ended. */
const ENDING_SIGNALS = [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** Nobody reads the output any more: `head` has ended after the first lines, or the terminal was closed. */
const NO_READER = new Set<string | undefined>(['EPIPE', 'EIO']);

function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NODE_MAJOR || (major === NODE_MAJOR && minor >= NODE_MINOR)) return;
  const wanted = `${String(NODE_MAJOR)}.${String(NODE_MINOR)}`;
  console.error(
    `Node.js ${version} is too old. Use Node.js ${wanted} or newer, or run the command with npm or npx in the folder of the project.`,
  );
  process.exit(1);
}

/**
 * Keeps compiled code for the next start. The folder belongs to whoever installed the package: in the default folder, below
 * /tmp, other users could prepare code for this process. Without write access there is no cache.
 */
function cacheCompiledCode(): void {
  module.enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/auth-subgraph', import.meta.url)));
  // A service may end without the usual writing on exit.
  setTimeout(() => module.flushCompileCache(), CACHE_AFTER_MS).unref();
}

/** Returns what tells whether the program has begun to listen to a signal. Others, such as an SDK, listened before. */
function watchHandlers(signal: NodeJS.Signals): () => boolean {
  const others = new Set(process.listeners(signal));
  return () => process.listeners(signal).some((listener) => !others.has(listener));
}

/**
 * Lets a signal end the process unless the program handles it. The kernel does not do that for the first process of a
 * container, and Node.js does not if anything listens.
 */
function endOn(signal: NodeJS.Signals, exitCode: number): void {
  if (process.pid !== 1 && process.listenerCount(signal) === 0) return;
  let isHandled = (): boolean => false;
  process.on(signal, () => {
    if (!isHandled()) process.exit(exitCode);
  });
  isHandled = watchHandlers(signal);
}

/** Ends the process if its output cannot be written. One that handles SIGTERM, such as the service, goes on without it. */
function endWithReader(): void {
  const isHandled = watchHandlers('SIGTERM');
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (isHandled()) return;
      if (NO_READER.has(error.code)) process.exit(PIPE_CLOSED);
      console.error(`The output cannot be written: ${error.message}`);
      process.exit(1);
    });
}

requireNode(process.versions.node);
for (const [signal, exitCode] of ENDING_SIGNALS) endOn(signal, exitCode);
endWithReader();
cacheCompiledCode();
// Imported late, because an older Node.js may not be able to parse it.
const { run } = await import('./run.js');
const exitCode = await run(process.argv.slice(2));
// The service keeps running after `run` returns, until it is told to stop.
if (exitCode !== 0) process.exit(exitCode);
