import { environmentVariables, type EnvironmentVariable } from '../src/config/env.js';
import { optionSections } from '../src/config/options.js';
import * as errors from '../src/core/errors/errors.js';
import { domainEvents } from './domain-events.js';

/** The rows of each table in the documents, head first. */
export function tables(): Readonly<Record<'errors' | 'events' | 'options' | 'service', string[][]>> {
  const isOption = ({ path }: EnvironmentVariable): boolean => path[0] !== undefined && path[0] in optionSections;
  const shown = ({ default: value }: EnvironmentVariable): string => (value === undefined ? '' : `\`${value}\``);
  return {
    errors: [['Member', 'Code', 'Status'], ...domainErrors()],
    events: [['Event', 'Fields', 'When'], ...domainEvents().map(eventRow)],
    options: [
      ['Option', 'Variable', 'Default', 'What it is'],
      ...environmentVariables
        .filter(isOption)
        .map((variable) => [
          `\`${variable.path.join('.')}\``,
          `\`${variable.name}\``,
          shown(variable),
          variable.description,
        ]),
    ],
    service: [
      ['Variable', 'Default', 'What it is'],
      ...environmentVariables
        .filter((variable) => !isOption(variable))
        .map((variable) => [`\`${variable.name}\``, shown(variable), variable.description]),
    ],
  };
}

function domainErrors(): string[][] {
  return Object.values(errors)
    .filter((value) => typeof value === 'function' && value.prototype instanceof errors.DomainError)
    .map((value) => new (value as new (...args: unknown[]) => errors.DomainError)())
    .map(({ name, code, status }) => [`\`${name}\``, `\`${code}\``, String(status)]);
}

function eventRow({ name, fields, when }: ReturnType<typeof domainEvents>[number]): string[] {
  return [`\`${name}\``, fields.map((field) => `\`${field}\``).join(', '), when];
}

/** The text with every table between its marks made anew. */
export function withTables(text: string): string {
  return Object.entries(tables()).reduce((result, [name, rows]) => {
    const [head = [], ...body] = rows;
    const lines = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
    const marks = new RegExp(`(<!-- generated: ${name} -->)[\\s\\S]*?(<!-- end: ${name} -->)`);
    return result.replace(marks, (_match, start: string, end: string) => `${start}\n\n${lines.join('\n')}\n\n${end}`);
  }, text);
}
