/** A value that is written after the name of a command. */
export interface CommandArgument {
  /** Shown in the usage, and the key of the value in the input of the command. */
  readonly name: string;
  readonly description: string;
  readonly isOptional?: boolean;
  /** Takes every further value; the input holds a list. The last argument only. */
  readonly isVariadic?: boolean;
  /** The values that are allowed, if not every one is. */
  readonly choices?: readonly string[];
  /** What is wrong with a value, to follow the value in a message; `undefined` if nothing is. */
  readonly problemOf?: (text: string) => string | undefined;
}

/** An option of a command. Without a `value` it is a flag. */
export interface CommandOption {
  /** Without dashes, and the key in the input of the command. */
  readonly name: string;
  /** What the value is, as the usage shows it: `url` for `--url <url>`. */
  readonly value?: string;
  readonly description: string;
  /** What is wrong with a value, to follow the value in a message; `undefined` if nothing is. */
  readonly problemOf?: (text: string) => string | undefined;
}

/**
 * A command of the command line, as data: what it is called, what it takes and what it does. Loaded to print the help, so
 * a definition imports nothing heavy; `run` does.
 *
 * @typeParam Subject what it works on, such as the services of a feature
 * @typeParam Input the values of its arguments and options, by name
 */
export interface Command<Subject, Input extends object = object> {
  /** The words that call it, such as `events parked`. */
  readonly name: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  /** What else there is to know. */
  readonly details?: string;
  readonly arguments?: readonly CommandArgument[];
  readonly options?: readonly CommandOption[];
  /** A line to type, without the name of the program. */
  readonly example: string;
  /** What is wrong with values that do not go together; `undefined` if nothing is. */
  problemOf?(input: Input): string | undefined;
  /** Does its work and returns what to print on standard output. */
  run(subject: Subject, input: Input): Promise<string | undefined>;
}
