import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RunRecord } from './secrets/run-record.js';
import { until } from './until.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Makes Node.js read TypeScript, like the scripts of the package. */
export const EXAMPLE_ARGUMENTS = ['--import', '@swc-node/register/esm-register'];

export interface ExampleProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts an example as a reader would, on the built package, and waits until it serves. */
export async function startExample(name: string, jwksUri: string): Promise<ExampleProcess> {
  const child = spawn(process.execPath, [...EXAMPLE_ARGUMENTS, `examples/subgraphs/${name}.ts`], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', AUTH_JWKS_URI: jwksUri, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(() => {
    RunRecord.ofRun().log('output of an example', output);
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    const url = await until(() => {
      if (child.exitCode !== null) throw new Error('it has ended');
      return /posts at (\S+)/.exec(output)?.[1];
    }, `the example ${name}`);
    return { url: url.replace('localhost', '127.0.0.1'), stop };
  } catch (error) {
    await stop();
    throw new Error(`the example ${name} did not start:\n${output}`, { cause: error });
  }
}
