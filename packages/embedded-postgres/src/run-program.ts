import { spawn, type SpawnOptions } from 'node:child_process';

/** The operating system user that a program runs as. */
export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The options of every child process: a fixed locale, time zone and search path, the user, and a working directory that
 * it can enter.
 */
export function childOptions(
  user: ProcessUser | undefined,
): Pick<SpawnOptions, 'uid' | 'gid' | 'cwd' | 'env' | 'windowsHide'> {
  return {
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC', ...systemVariables() },
    windowsHide: true,
  };
}

function systemVariables(): NodeJS.ProcessEnv {
  if (process.platform !== 'win32') return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  // `initdb` starts `postgres` through the command interpreter.
  // eslint-disable-next-line no-restricted-properties -- variables of the system, not options
  const { ComSpec, Path, SystemRoot, TEMP } = process.env;
  return { ComSpec, Path, SystemRoot, TEMP };
}

export interface ProgramResult {
  readonly succeeded: boolean;
  /** Standard output and standard error, or the reason why the program could not be started. */
  readonly output: string;
}

/** Runs a program until it ends. Returns a failure if the program cannot be started; never rejects. */
export function runProgram(
  program: string,
  args: readonly string[],
  { user, input = '' }: { user?: ProcessUser | undefined; input?: string } = {},
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...childOptions(user), stdio: 'pipe' });
    let output = '';
    const collect = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    // A program that ends before it reads its input breaks the pipe; its exit code is more informative.
    child.stdin.on('error', () => undefined).end(input);
    child.once('error', (error) => {
      resolve({ succeeded: false, output: error.message });
    });
    child.once('close', (code) => {
      resolve({ succeeded: code === 0, output: output.trim() });
    });
  });
}
