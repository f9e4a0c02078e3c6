import { Argument, Command as Program, InvalidArgumentError, Option } from 'commander';
import type { Command, CommandArgument, CommandOption } from '../platform/commands/command.js';

const NAME = 'auth-subgraph';
const EPILOGUE = `
Settings come from the environment and from a file .env; .env.example lists them all.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing has this name, 4 done in part, 5 wrong configuration.`;

export interface ProgramContent<Definition extends Command<never>> {
  readonly version: string;
  readonly commands: readonly Definition[];
  /** Describes each group of commands, by the words that they begin with. */
  readonly groups: Readonly<Record<string, string>>;
  /** Runs a command with the values of its arguments and options. */
  readonly execute: (definition: Definition, input: object) => Promise<void>;
  /** Prints what is wrong with the usage, instead of the message and the usage. */
  readonly printError: ((message: string) => void) | undefined;
}

/** Builds the commands for commander. It throws a CommanderError instead of ending the process. */
export function createProgram<Definition extends Command<never>>({
  version,
  commands,
  groups,
  execute,
  printError,
}: ProgramContent<Definition>): Program {
  const program = new Program(NAME)
    .description('The auth subgraph: registration, login and sessions for a supergraph.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help for the command')
    .helpCommand('help [command]', 'Show help for a command.')
    .addHelpText('after', EPILOGUE)
    .addOption(anywhereOption())
    .exitOverride();
  for (const definition of commands) {
    const hidden = definition.isHidden === true;
    const command = parentOf(program, definition, groups).command(lastWordOf(definition), { hidden });
    describeCommand(command, definition);
    command.action(async () => {
      const input = inputOf(command, definition);
      const problem = definition.problemOf?.(input);
      if (problem !== undefined) command.error(`error: ${problem}`);
      await execute(definition, input);
    });
  }
  const all = withCommandsOf(program);
  for (const group of all.filter((command) => command !== program && command.commands.length > 0))
    group.summary(`${group.summary() || group.description()} Commands: ${visibleNames(group, commands).join(', ')}.`);
  for (const command of all)
    if (printError) replaceErrors(command, printError);
    else explainErrors(command);
  return program;
}

function withCommandsOf(command: Program): Program[] {
  return [command, ...command.commands.flatMap(withCommandsOf)];
}

function lastWordOf({ name }: Command<never>): string {
  return name.slice(name.lastIndexOf(' ') + 1);
}

function visibleNames(group: Program, definitions: readonly Command<never>[]): string[] {
  const hidden = definitions.filter(({ isHidden }) => isHidden).map(({ name }) => name);
  return group.commands.map((command) => command.name()).filter((name) => !hidden.includes(`${group.name()} ${name}`));
}

/** Returns the program, or the group of a command of several words, which is created if it is missing. */
function parentOf(program: Program, { name }: Command<never>, groups: Readonly<Record<string, string>>): Program {
  const words = name.split(' ').slice(0, -1);
  return words.reduce((parent, word, at) => {
    const group = parent.commands.find((command) => command.name() === word);
    const description = groups[words.slice(0, at + 1).join(' ')] ?? '';
    if (group) return group;
    return parent
      .command(word)
      .description(description)
      .addOption(anywhereOption())
      .addHelpText('before', missingCommand);
  }, program);
}

/** `--json` before the command, or without one. */
function anywhereOption(): Option {
  return new Option('--json').hideHelp();
}

/** If the command is missing, commander shows the help of the group but reports no error. */
function missingCommand({ error, command }: { error: boolean; command: Program }): string {
  return error ? `error: missing command after '${command.name()}'\n` : '';
}

function describeCommand(command: Program, definition: Command<never>): void {
  const { summary, details, example } = definition;
  command
    .summary(summary)
    .description(details === undefined ? summary : `${summary}\n\n${details}`)
    .addHelpText('after', `\nExample:\n  $ ${NAME} ${example}`);
  for (const argument of definition.arguments ?? []) command.addArgument(toArgument(argument));
  for (const option of definition.options ?? []) command.addOption(toOption(option));
  command.option('--json', 'print the result as JSON, and an error as `{ "error": { "code", "message" } }`');
}

/** Prints the usage below each error; commander would print the whole help text or nothing. */
function explainErrors(command: Program): void {
  const path = pathOf(command);
  command.showHelpAfterError(`Usage: ${path} ${command.usage()}\nRun "${path} --help" for help.`);
}

function replaceErrors(command: Program, printError: (message: string) => void): void {
  command.configureOutput({
    writeErr: () => undefined,
    outputError: (text) => printError(text.replace(/^error: /, '').trim()),
  });
}

function pathOf(command: Program): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function toArgument({ name, description, isOptional, isVariadic, choices, problemOf }: CommandArgument): Argument {
  const shown = isVariadic === true ? `${name}...` : name;
  const argument = new Argument(isOptional === true ? `[${shown}]` : `<${shown}>`, description);
  if (choices) argument.choices([...choices]);
  if (problemOf) argument.argParser(checkedBy(problemOf));
  return argument;
}

function toOption({ name, value, isVariadic, description, problemOf }: CommandOption): Option {
  if (value === undefined) return new Option(`--${name}`, description);
  const option = new Option(`--${name} <${value}${isVariadic === true ? '...' : ''}>`, description);
  const check = checkedBy((text) =>
    text.startsWith('--') ? 'looks like another option, so the value is missing' : problemOf?.(text),
  );
  if (isVariadic !== true) return option.argParser(check);
  return option.argParser((text, earlier: readonly string[] | undefined) => [...(earlier ?? []), check(text)]);
}

function checkedBy(problemOf: (text: string) => string | undefined): (text: string) => string {
  return (text) => {
    const problem = problemOf(text);
    if (problem !== undefined) throw new InvalidArgumentError(`It ${problem}.`);
    return text;
  };
}

function inputOf(command: Program, definition: Command<never>): object {
  const values = (definition.arguments ?? []).map(({ name }, at): [string, unknown] => [
    name,
    command.processedArgs[at],
  ]);
  const options = Object.entries(command.opts()).filter(([name]) => name !== 'json');
  return Object.fromEntries([...values, ...options]);
}

/**
 * The words that commander shows help for. It would ignore all but the first word after `help`, and an unknown command
 * before `--help`.
 */
export function helpWords(program: Program, words: readonly string[]): readonly string[] {
  const isFlag = (word: string): boolean => word === '--help' || word === '-h';
  const names = words.filter((word) => !word.startsWith('-'));
  const asked = names[0] === 'help' ? names.slice(1) : names;
  if (names[0] !== 'help' && !words.some(isFlag)) return words;
  const path: string[] = [];
  let command = program;
  for (const name of asked) {
    if (command.commands.length === 0) break;
    const next = command.commands.find((candidate) => candidate.name() === name);
    if (!next) return [...path, name];
    path.push(name);
    command = next;
  }
  return [...path, '--help'];
}
