/** The exit codes of the command line. */
export const EXIT_CODES = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  nothingFound: 3,
  doneInPart: 4,
  wrongConfiguration: 5,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
