import { readFileSync } from 'node:fs';
import { MAIL_KINDS, SAMPLE_MAIL_DATA } from '../src/core/email/mail-kind.js';
import { toTemplateValues } from '../src/core/email/template-values.js';
import * as errors from '../src/core/errors/errors.js';
import { optionRows, serviceRows } from './option-table.js';

/** The rows of each table in the documents, head first. */
export function tables(): Readonly<Record<'emails' | 'errors' | 'events' | 'options' | 'service', string[][]>> {
  return {
    emails: [['Template', 'Values'], ...emailValues()],
    errors: [['Member', 'Code', 'Status'], ...domainErrors()],
    events: [['Event', 'Fields', 'When'], ...domainEvents()],
    options: optionRows(),
    service: serviceRows(),
  };
}

/** Read from the data that templates are tried with when they are compiled. */
function emailValues(): string[][] {
  return MAIL_KINDS.map((kind) => {
    const values = toTemplateValues(SAMPLE_MAIL_DATA[kind], 'Acme');
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

/** Read from the source: at run time an event's class does not know its fields. */
function domainEvents(): string[][] {
  const source = readFileSync(new URL('../src/core/events/events.ts', import.meta.url), 'utf8');
  const classes = source.matchAll(/\/\*\* (.*) \*\/\nexport class (\w+) extends DomainEvent \{([\s\S]*?)\n\}/g);
  return [...classes].map(([, when = '', name = '', body = '']) => {
    const fields = [...body.matchAll(/declare readonly (\w+): ([^;]+);/g)];
    return [`\`${name}\``, fields.map(([, field = '']) => `\`${field}\``).join(', '), when];
  });
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
