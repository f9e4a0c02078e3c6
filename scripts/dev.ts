import { spawn } from 'node:child_process';

const WATCH = ['--watch', '--import', '@swc-node/register/esm-register', 'src/cli/main.ts', 'serve'];
/** Signals closer together than this come from one key press: npm repeats the terminal's signal. */
const SAME_PRESS_MS = 500;

// Ctrl-C goes to every process in the terminal's group, and `node --watch` forwards it as well. The service would treat
// the second signal as an order to stop at once, so it runs outside the group and is signaled only by this process.
const watcher = spawn(process.execPath, WATCH, {
  detached: process.platform !== 'win32',
  stdio: ['ignore', 'inherit', 'inherit'],
});

let lastSignalAt = -Infinity;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    const isRepeated = performance.now() - lastSignalAt < SAME_PRESS_MS;
    lastSignalAt = performance.now();
    if (!isRepeated) watcher.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  });

watcher.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
