import { emailsOf } from '../src/core/composition/feature-parts.js';
import { toTemplateValues } from '../src/core/email/template-values.js';
import * as errors from '../src/core/errors/errors.js';
import { FEATURES } from '../src/features.js';
import { domainEvents } from './domain-events.js';
import { optionRows, serviceRows } from './option-table.js';
import { uiOptionRows, uiVariableRows } from './ui-tables.js';

/** The rows of each table in the documentation, header first. */
export function tables(): Readonly<Record<string, string[][]>> {
  return {
    emails: [['Template', 'Values'], ...emailValues()],
    errors: [['Member', 'Code', 'Status'], ...domainErrors()],
    events: [['Event', 'Fields', 'Audit trail', 'When'], ...domainEvents().map(eventRow)],
    options: optionRows(),
    service: serviceRows(),
    'ui-options': uiOptionRows(),
    'ui-variables': uiVariableRows(),
  };
}

/** Taken from the sample data that templates are compiled with. */
function emailValues(): string[][] {
  return emailsOf(FEATURES).map(({ kind, sample }) => {
    const values = toTemplateValues({ name: 'Ada', ...sample }, 'Acme');
    return [
      `\`${kind}\``,
      Object.keys(values)
        .sort()
        .map((name) => `\`${name}\``)
        .join(', '),
    ];
  });
}

function domainErrors(): string[][] {
  return Object.values(errors)
    .filter((value) => typeof value === 'function' && value.prototype instanceof errors.DomainError)
    .map((value) => new (value as new (...args: unknown[]) => errors.DomainError)())
    .map(({ name, code, status }) => [`\`${name}\``, `\`${code}\``, String(status)]);
}

function eventRow({ name, fields, trail, when }: ReturnType<typeof domainEvents>[number]): string[] {
  const details = trail && (trail.length === 0 ? 'yes' : `yes, with ${listOf(trail)}`);
  return [`\`${name}\``, listOf(fields), details ?? 'no', when];
}

function listOf(fields: readonly string[]): string {
  return fields.map((field) => `\`${field}\``).join(', ');
}

/** Replaces every marked table in the text. */
export function withTables(text: string): string {
  return Object.entries(tables()).reduce((result, [name, rows]) => {
    const [head = [], ...body] = rows;
    const lines = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
    const marks = new RegExp(`(<!-- generated: ${name} -->)[\\s\\S]*?(<!-- end: ${name} -->)`);
    return result.replace(marks, (_match, start: string, end: string) => `${start}\n\n${lines.join('\n')}\n\n${end}`);
  }, text);
}
