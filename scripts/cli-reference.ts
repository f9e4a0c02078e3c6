import { commands } from '../src/cli/commands/index.js';
import type { CliCommand } from '../src/cli/commands/cli-command.js';

const HEAD = `# Command line

\`npx auth-subgraph <command>\` runs and maintains the service. Settings come from the environment and from a file \`.env\`;
\`.env.example\` lists them all. \`auth-subgraph help <command>\` shows help for a command, and \`--version\` prints the version.

A command that uses the database works on the one in \`DATABASE_URL\`, or on the embedded database while the service is stopped.
It first does what the service does at its start: it runs pending migrations, or fails if there
are any and \`MIGRATE_ON_START\` is \`false\`. So run commands of the same version as the service. \`migrate status\` and
\`doctor\` leave the schema alone.

Results are printed on standard output. Log lines of commands other than \`serve\`, warnings and errors are printed on
standard error.

Every command accepts \`--json\`. It then prints its result as one JSON document, or as one document on each line for a
list, and an error as \`{ "error": { "code", "message" } }\` on standard error. \`serve\` and \`demo\` print a document with
their \`url\` once they listen, and one with a \`message\` for each email that is written to a file. The log of \`serve\` is on
standard output too: its lines are JSON documents with a \`level\`.

| Exit code | Meaning                                                                        |
| --------- | ------------------------------------------------------------------------------ |
| 0         | done                                                                           |
| 1         | failed; the message says why                                                   |
| 2         | wrong usage: an unknown command or option, or a missing, extra or invalid value |
| 3         | nothing has the given name: no such account, session or file                   |
| 4         | done in part, such as an import with rejected lines, or pending migrations      |
| 5         | wrong configuration; the message names each setting                            |
| 141       | the reader of its output has stopped, as \`head\` does after the first lines    |
`;

/** Generates docs/reference/cli.md: every command with its arguments, its options and an example. */
export function cliReference(): string {
  return [HEAD, ...commands.filter(({ isHidden }) => !isHidden).map(section)].join('\n');
}

function section({ name, summary, details, example, ...command }: CliCommand): string {
  const rows = [...argumentRows(command), ...optionRows(command)];
  const usage = ['auth-subgraph', name, ...rows.map(([term]) => term)].join(' ');
  const table = [
    '| Argument or option | Meaning |',
    '| --- | --- |',
    ...rows.map((row) => `| \`${row.map((cell) => cell.replaceAll('|', '\\|')).join('` | ')} |`),
  ];
  return [
    `## ${name}`,
    '',
    `\`${usage}\``,
    '',
    [summary, details].filter(Boolean).join(' '),
    '',
    ...(rows.length === 0 ? [] : [...table, '']),
    '```sh',
    `npx auth-subgraph ${example}`,
    '```',
    '',
  ].join('\n');
}

function argumentRows({ arguments: all = [] }: Pick<CliCommand, 'arguments'>): [string, string][] {
  return all.map(({ name, description, isOptional, isVariadic, choices }) => {
    const shown = isVariadic === true ? `${name}...` : name;
    const allowed = choices ? ` (${choices.map((choice) => `\`${choice}\``).join(', ')})` : '';
    return [isOptional === true ? `[${shown}]` : `<${shown}>`, `${description}${allowed}`];
  });
}

function optionRows({ options = [] }: Pick<CliCommand, 'options'>): [string, string][] {
  return options.map(({ name, value, description, isVariadic }) => {
    const shown = value === undefined ? '' : ` <${value}${isVariadic === true ? '...' : ''}>`;
    return [`[--${name}${shown}]`, description];
  });
}
