import { readdirSync, readFileSync } from 'node:fs';
import { EmailSetupError } from './email-setup.error.js';
import { join } from 'node:path';
import { Eta, type TemplateFunction } from 'eta/core';
import type { EmailDefinition, EmailData } from './email-definition.js';
import { toOneLine, toTemplateValues, type TemplateValues } from './template-values.js';
import { type EmailPart, EMAIL_PARTS } from './email-template.js';

export interface EmailTemplatesOptions {
  /** Contains `<kind>.subject.eta`, `<kind>.text.eta` and `<kind>.html.eta`. Each existing file replaces the default. */
  readonly folder?: string;
  readonly productName: string;
  readonly emails: readonly EmailSource[];
}

/** The kind of an email and its default template. */
type EmailSource = Pick<EmailDefinition, 'kind' | 'template' | 'sample'>;

export type EmailContent = Readonly<Record<EmailPart, string>>;

export interface EmailTemplates {
  render(kind: string, data: EmailData): EmailContent;
}

type Render = (values: TemplateValues) => string;

// No trimming: in a plain text email, the line break after a value is content.
const escaping = newEta(true);
const plain = newEta(false);

/** Prints nothing for null, because most users are greeted without a name. */
function newEta(autoEscape: boolean): Eta {
  const filterFunction = (value: unknown): string => (value ?? '') as string;
  return new Eta({ autoEscape, autoTrim: false, autoFilter: true, filterFunction });
}

/**
 * Reads and compiles every template once.
 * @throws EmailSetupError a folder or file is missing, has an unknown name, does not compile or uses an unknown value
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
      throw new EmailSetupError(`The email template ${path} is invalid: ${reason(error)}`, { cause: error });
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
    throw new EmailSetupError(`The email template folder ${folder} cannot be read.`, { cause: error });
  }
  // Otherwise a misspelt file name would silently send the default email.
  const stray = files.find((file) => !known.has(file));
  if (stray !== undefined)
    throw new EmailSetupError(
      `The email template ${join(folder, stray)} has an unknown name. Valid names: ${[...known].join(', ')}.`,
    );
  return new Map(files.map((file) => [file, readTemplate(join(folder, file))]));
}

function readTemplate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new EmailSetupError(`The email template ${path} cannot be read.`, { cause: error });
  }
}

/** Makes a misspelt value fail at start, instead of printing "undefined" in an email. */
function refuseUnknown(values: TemplateValues): TemplateValues {
  return new Proxy(values, {
    get(target, key) {
      if (typeof key === 'symbol' || Object.hasOwn(target, key)) return Reflect.get(target, key) as string | null;
      throw new EmailSetupError(`there is no value "${key}"; valid values: ${Object.keys(target).join(', ')}`);
    },
  });
}

function reason(error: unknown): string {
  // Eta appends the generated code to its message.
  return error instanceof Error ? error.message.replace(/\n=[^]*$/, '').replace(/\s*\n\s*/g, ' ') : String(error);
}
