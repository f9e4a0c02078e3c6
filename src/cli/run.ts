import { CommanderError } from 'commander';
import { EXIT_CODES, type ExitCode } from '../platform/commands/exit-codes.js';
import type { CliCommand } from './commands/cli-command.js';
import { commandGroups, commands } from './commands/index.js';
import { createProgram, helpWords } from './program.js';
import { readVersion } from './version.js';

/** Runs the command in the given command-line arguments. */
export async function run(words: readonly string[]): Promise<ExitCode> {
  const asJson = words.includes('--json');
  let exitCode: ExitCode = EXIT_CODES.done;
  let running: CliCommand | undefined;
  const program = createProgram({
    version: readVersion(),
    commands,
    groups: commandGroups,
    execute: async (command, input) => {
      running = command;
      const { execute } = await import('./execute.js');
      exitCode = await execute(command, input, asJson);
    },
    printError: asJson ? (message) => printJsonError('WRONG_USAGE', message) : undefined,
  });
  try {
    await program.parseAsync(
      words.every((word) => word === '--json') ? ['serve', ...words] : helpWords(program, words),
      { from: 'user' },
    );
    return exitCode;
  } catch (error) {
    // Commander has already printed it.
    if (error instanceof CommanderError) {
      if (asJson && error.code === 'commander.help') printJsonError('WRONG_USAGE', 'missing command');
      return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.wrongUsage;
    }
    const { failureOf } = await import('./failure.js');
    const failure = failureOf(error, running);
    if (asJson) printJsonError(failure.code, failure.message);
    else process.stderr.write(`${failure.message}\n`);
    return failure.exitCode;
  }
}

function printJsonError(code: string, message: string): void {
  process.stderr.write(`${JSON.stringify({ error: { code, message } })}\n`);
}
