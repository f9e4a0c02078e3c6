import { CommanderError } from 'commander';
import { commandGroups, commands } from './commands/index.js';
import { createProgram, helpWords } from './program.js';
import { readVersion } from './version.js';

const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs the command in the given command-line arguments. */
export async function run(words: readonly string[]): Promise<number> {
  const program = createProgram({
    version: readVersion(),
    commands,
    groups: commandGroups,
    execute: async (command, input) => {
      const { execute } = await import('./execute.js');
      await execute(command, input);
    },
  });
  try {
    await program.parseAsync(words.length === 0 ? ['serve'] : helpWords(program, words), { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has already printed it.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    const { failureMessage } = await import('./failure-message.js');
    process.stderr.write(`${failureMessage(error)}\n`);
    return FAILED;
  }
}
