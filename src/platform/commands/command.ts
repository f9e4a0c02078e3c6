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
  readonly description: string;
  /** What is wrong with a value, as the rest of a sentence; `undefined` if it is valid. */
  readonly problemOf?: (text: string) => string | undefined;
}

/**
 * A command of the command line, as data. It is loaded to print the help, so a definition imports nothing heavy; `run`
 * does.
 *
 * @typeParam Subject what it works on, such as the services of a feature
 * @typeParam Input the values of its arguments and options, by name
 */
export interface Command<Subject, Input extends object = object> {
  /** The words that invoke it, such as `events parked`. */
  readonly name: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  /** Further explanation, for the help of the command. */
  readonly details?: string;
  readonly arguments?: readonly CommandArgument[];
  readonly options?: readonly CommandOption[];
  /** An example invocation, without the name of the program. */
  readonly example: string;
  /** What is wrong with the combination of values; `undefined` if it is valid. */
  problemOf?(input: Input): string | undefined;
  /** Runs the command and returns the text for standard output. */
  run(subject: Subject, input: Input): Promise<string | undefined>;
}
