import { readdirSync, readFileSync } from 'node:fs';
import { EmailSetupError } from './email-setup.error.js';
import { join } from 'node:path';
import { Eta, type TemplateFunction } from 'eta/core';
import type { EmailDefinition, EmailData } from './email-definition.js';
import { toOneLine, toTemplateValues, type TemplateValues } from './template-values.js';
import { type EmailPart, EMAIL_PARTS } from './email-template.js';

export interface EmailTemplatesOptions {
  /** Holds `<kind>.subject.eta`, `<kind>.text.eta` and `<kind>.html.eta`; each that exists replaces ours. */
  readonly folder?: string;
  readonly productName: string;
  readonly emails: readonly EmailSource[];
}

/** The kind of an email, and how it is worded unless a file says otherwise. */
type EmailSource = Pick<EmailDefinition, 'kind' | 'template' | 'sample'>;

export type EmailContent = Readonly<Record<EmailPart, string>>;

export interface EmailTemplates {
  render(kind: string, data: EmailData): EmailContent;
}

type Render = (values: TemplateValues) => string;

// No trimming: in a text mail the line after a value is as much content as the value.
const escaping = newEta(true);
const plain = newEta(false);

/** A value that is null prints nothing: most people are greeted without a name. */
function newEta(autoEscape: boolean): Eta {
  const filterFunction = (value: unknown): string => (value ?? '') as string;
  return new Eta({ autoEscape, autoTrim: false, autoFilter: true, filterFunction });
}

/**
 * Reads and compiles every template once.
 * @throws EmailSetupError naming the folder or file: it is missing, not one of ours, does not compile or reads an unknown value
 */
export function createEmailTemplates({ folder, productName, emails }: EmailTemplatesOptions): EmailTemplates {
  const overrides = folder === undefined ? new Map<string, string>() : readOverrides(folder, emails);
  const renders = new Map<string, Render>();
  for (const { kind, sample, template } of emails) {
    const values = toTemplateValues({ name: 'Ada', ...sample }, productName);
    for (const part of EMAIL_PARTS) {
      const file = `${kind}.${part}.eta`;
      renders.set(`${kind}.${part}`, compile(file, overrides.get(file) ?? template[part], { part, sample: values }));
    }
  }

  function compile(
    file: string,
    source: string,
    { part, sample }: { part: EmailPart; sample: TemplateValues },
  ): Render {
    try {
      const eta = part === 'html' ? escaping : plain;
      const compiled: TemplateFunction = eta.compile(source);
      const render: Render = (values) => eta.render(compiled, refuseUnknown(values));
      render(sample);
      return render;
    } catch (error) {
      const path = folder === undefined ? file : join(folder, file);
      throw new EmailSetupError(`The mail template ${path} does not work: ${reason(error)}`, { cause: error });
    }
  }

  return {
    render(kind, data) {
      const values = toTemplateValues(data, toOneLine(productName));
      const part = (name: EmailPart): string => renders.get(`${kind}.${name}`)?.(values) ?? '';
      return { subject: toOneLine(part('subject')), text: part('text'), html: part('html') };
    },
  };
}

function readOverrides(folder: string, emails: readonly EmailSource[]): Map<string, string> {
  const known = new Set(emails.flatMap(({ kind }) => EMAIL_PARTS.map((part) => `${kind}.${part}.eta`)));
  let files: string[];
  try {
    files = readdirSync(folder).filter((file) => file.endsWith('.eta'));
  } catch (error) {
    throw new EmailSetupError(`The folder of mail templates ${folder} cannot be read.`, { cause: error });
  }
  // A misspelt file would leave our mail in place of theirs, which nobody notices before a user does.
  const stray = files.find((file) => !known.has(file));
  if (stray !== undefined)
    throw new EmailSetupError(`The mail template ${join(folder, stray)} is none of: ${[...known].join(', ')}.`);
  return new Map(files.map((file) => [file, readTemplate(join(folder, file))]));
}

function readTemplate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new EmailSetupError(`The mail template ${path} cannot be read.`, { cause: error });
  }
}

/** So that a misspelt value fails at start, not as the word "undefined" in somebody's mail. */
function refuseUnknown(values: TemplateValues): TemplateValues {
  return new Proxy(values, {
    get(target, key) {
      if (typeof key === 'symbol' || Object.hasOwn(target, key)) return Reflect.get(target, key) as string | null;
      throw new Error(`it has no "${key}"; it has ${Object.keys(target).join(', ')}`);
    },
  });
}

function reason(error: unknown): string {
  // Eta adds the generated code below its message.
  return error instanceof Error ? error.message.replace(/\n=[^]*$/, '').replace(/\s*\n\s*/g, ' ') : String(error);
}
