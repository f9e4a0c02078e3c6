import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FOLDER = `${ROOT}docs/images`;

// The test of the path that the screenshots show takes them.
const words = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
await mkdir(FOLDER, { recursive: true });
const jest = spawn(process.execPath, [...words, 'test/e2e/newcomer.test.ts'], {
  cwd: ROOT,
  env: { ...process.env, SCREENSHOTS_FOLDER: FOLDER },
  stdio: 'inherit',
});
jest.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
