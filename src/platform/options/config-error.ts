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
