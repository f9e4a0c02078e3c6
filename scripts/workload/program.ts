import { cleanUp, interruption } from '../bench/clean-up.js';
import { UsageError } from './flags.js';

export const FAILED = 1;

export interface Program<Options, Outcome> {
  readonly help: string;
  /** @throws UsageError the arguments cannot be understood */
  readonly readOptions: (words: readonly string[]) => Options;
  readonly run: (options: Options) => Promise<Outcome>;
  readonly report: (outcome: Outcome) => string;
  readonly exitCode: (outcome: Outcome, options: Options) => number;
}

interface CommonOptions {
  readonly help: boolean;
  readonly json?: boolean;
}

/** Runs the program with the arguments of this process, and ends the process. */
export async function runProgram<Options extends CommonOptions, Outcome>(
  program: Program<Options, Outcome>,
): Promise<never> {
  try {
    process.exitCode = await exitCodeOf(program);
  } catch (error) {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = FAILED;
  } finally {
    await cleanUp();
  }
  // Work left over after an interruption would keep the process alive.
  process.exit();
}

async function exitCodeOf<Options extends CommonOptions, Outcome>(program: Program<Options, Outcome>): Promise<number> {
  const options = program.readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(program.help);
    return 0;
  }
  const outcome = await Promise.race([program.run(options), interruption()]);
  console.log(options.json === true ? JSON.stringify(outcome, null, 2) : program.report(outcome));
  return program.exitCode(outcome, options);
}
