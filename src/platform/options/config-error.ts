export interface ConfigProblem {
  /** The option's path, such as `jwt.secret`. */
  readonly path: string;
  /** What is wrong with the value, and what to write instead. */
  readonly problem: string;
}

/** Thrown at startup if options are unknown, invalid or contradictory; lists every problem at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(
      ['The configuration is not valid:', ...problems.map(({ path, problem }) => `  ${path} ${problem}`)].join('\n'),
    );
  }
}

/** The error for an option that names a file or folder which cannot be used, such as a folder in place of a file. */
export function fileError(path: string, problem: string, error: unknown, fix: string): ConfigError {
  const { code, name } = error as NodeJS.ErrnoException;
  return new ConfigError([{ path, problem: `${problem} (${code ?? name}); ${fix}` }]);
}

/** The error for an option that names a file which cannot be read. The fix is for a file that this user may read. */
export function readError(path: string, error: unknown, fix: string): ConfigError {
  const { code } = error as NodeJS.ErrnoException;
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  return fileError(path, 'cannot be read', error, isForbidden ? 'let this user read it' : fix);
}
