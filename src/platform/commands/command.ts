import type { ExitCode } from './exit-codes.js';

/** A positional argument of a command. */
export interface CommandArgument {
  /** Its name in the usage, and its key in the input of the command. */
  readonly name: string;
  readonly description: string;
  readonly isOptional?: boolean;
  /** Accepts several values; the input contains a list. Only for the last argument. */
  readonly isVariadic?: boolean;
  /** The allowed values, if they are limited. */
  readonly choices?: readonly string[];
  /** What is wrong with a value, as the rest of a sentence; `undefined` if it is valid. */
  readonly problemOf?: (text: string) => string | undefined;
}

/** An option of a command. Without a `value` it is a flag. */
export interface CommandOption {
  /**
   * Its name without dashes. Its key in the input of the command is in camel case; `no-invite` sets `invite` to false, which
   * is true otherwise.
   */
  readonly name: string;
  /** The name of the value in the usage: `url` for `--url <url>`. */
  readonly value?: string;
  /** Accepts several values; the input contains a list. */
  readonly isVariadic?: boolean;
  /** What the services call it, if that is not its key in the input. */
  readonly field?: string;
  readonly description: string;
  /** What is wrong with a value, as the rest of a sentence; `undefined` if it is valid. */
  readonly problemOf?: (text: string) => string | undefined;
}

/** How far a long task is. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** Where a command reports while it runs. */
export interface CommandOutput {
  /** Writes a line of the result to standard output, and waits until it has been accepted. */
  readonly write: (line: string) => Promise<void>;
  /** Writes to standard error, so that the result can be redirected. */
  readonly warn: (text: string) => void;
  /** Shows the progress of a task on standard error. */
  readonly progress: (task: string, total: number) => Promise<Progress>;
}

/** What a command reports when it is done. */
export interface CommandResult {
  /** For people. If it is empty, nothing is printed. */
  readonly text: string;
  /** The same for programs, with `--json`: one document, or a list that is printed with one item on each line. */
  readonly json: unknown;
  /** @default 0 */
  readonly exitCode?: ExitCode;
}

/** Prints something to standard output while a command runs. */
export type Report = (result: Pick<CommandResult, 'text' | 'json'>) => void;

/**
 * A command of the command line, as data. It is loaded to print the help, so a definition imports nothing heavy; `run`
 * does.
 *
 * @typeParam Subject what it works on, such as the services of a feature
 * @typeParam Input the values of its arguments and options, by name
 */
export interface Command<Subject, Input extends object = object> {
  /** The words that invoke it, such as `events failed`. */
  readonly name: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  /** Further explanation, for the help of the command. */
  readonly details?: string;
  readonly arguments?: readonly CommandArgument[];
  readonly options?: readonly CommandOption[];
  /** An example invocation, without the name of the program. */
  readonly example: string;
  /** Whether it is another name of a command, which is left out of the help and the reference. */
  readonly isHidden?: boolean;
  /** What is wrong with the combination of values; `undefined` if it is valid. */
  problemOf?(input: Input): string | undefined;
  run(subject: Subject, input: Input, output: CommandOutput): Promise<CommandResult | undefined>;
}

/** Another name of a command, which works but is left out of the help. */
export function otherName<Definition extends Command<never>>(command: Definition, name: string): Definition {
  return { ...command, name, example: command.example.replace(command.name, name), isHidden: true };
}
