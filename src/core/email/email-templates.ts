import { EmailSetupError } from './email-setup.error.js';
import { Eta, type TemplateFunction } from 'eta/core';
import type { EmailDefinition, EmailData } from './email-definition.js';
import { localeChain } from '../users/locale.js';
import { readTemplateFiles, type TemplateFile } from './template-files.js';
import { toOneLine, toTemplateValues, type TemplateValues } from './template-values.js';
import { type EmailPart, EMAIL_PARTS } from './email-template.js';

export interface EmailTemplatesOptions {
  /**
   * Contains `<kind>.subject.eta`, `<kind>.text.eta` and `<kind>.html.eta`. Each existing file replaces the default. A
   * folder such as `de` below it contains those for a locale.
   */
  readonly folder?: string;
  /**
   * The locale for users who have none.
   * @default 'en'
   */
  readonly locale?: string;
  readonly productName: string;
  readonly emails: readonly EmailSource[];
}

/** The kind of an email and its default template. */
type EmailSource = Pick<EmailDefinition, 'kind' | 'template' | 'sample' | 'nullable'>;

export type EmailContent = Readonly<Record<EmailPart, string>>;

export interface EmailTemplates {
  /** @param locale of the recipient; null if unknown */
  render(kind: string, data: EmailData, locale?: string | null): EmailContent;
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

/** A compiled template, and the locale of its instants. */
interface Compiled {
  readonly render: Render;
  readonly locale: string | undefined;
}

/**
 * Reads and compiles every template of the folder once. The built-in ones are compiled on first use.
 * @throws EmailSetupError a folder or file is missing, has an unknown name, does not compile or uses an unknown value
 */
export function createEmailTemplates({
  folder,
  locale: defaultLocale = 'en',
  productName,
  emails,
}: EmailTemplatesOptions): EmailTemplates {
  const known = new Set(emails.flatMap(({ kind }) => EMAIL_PARTS.map((part) => `${kind}.${part}.eta`)));
  const files = folder === undefined ? [] : readTemplateFiles(folder, known);
  // British English is the language of the built-in templates.
  const localeOfAll = defaultLocale === 'en' ? undefined : defaultLocale;
  const compiled = new Map<string, Compiled>();
  for (const { kind, template, ...source } of emails) {
    for (const part of EMAIL_PARTS) {
      const file = `${kind}.${part}.eta`;
      compiled.set(`/${file}`, { render: compileLazily(template[part], part), locale: undefined });
      for (const own of files.filter((each) => each.file === file)) {
        const locale = own.locale === '' ? localeOfAll : own.locale;
        const samples = samplesOf(source).map((data) => toTemplateValues(data, productName, locale));
        compiled.set(`${own.locale}/${file}`, { render: compileFile(own, part, samples), locale });
      }
    }
  }
  return {
    render(kind, data, locale) {
      const places = [...localeChain(locale ?? defaultLocale), ''];
      const part = (name: EmailPart): string => {
        const found = places.map((place) => compiled.get(`${place}/${kind}.${name}.eta`)).find((each) => each);
        return found?.render(toTemplateValues(data, toOneLine(productName), found.locale)) ?? '';
      };
      return { subject: toOneLine(part('subject')), text: part('text'), html: part('html') };
    },
  };
}

/** With every value, and without those that may be missing. */
function samplesOf({ sample, nullable = [] }: Pick<EmailSource, 'sample' | 'nullable'>): EmailData[] {
  return [
    { name: 'Ada', ...sample },
    { name: null, ...sample, ...Object.fromEntries(nullable.map((key) => [key, null])) },
  ];
}

function compile(source: string, part: EmailPart): Render {
  const eta = part === 'html' ? escaping : plain;
  const template: TemplateFunction = eta.compile(source);
  return (values) => eta.render(template, refuseUnknown(values));
}

function compileLazily(source: string, part: EmailPart): Render {
  let render: Render | undefined;
  return (values) => (render ??= compile(source, part))(values);
}

function compileFile({ path, source }: TemplateFile, part: EmailPart, samples: readonly TemplateValues[]): Render {
  const naming = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const problem = `The email template ${path} is invalid: ${reason(error)}`;
      throw new EmailSetupError(problem, { cause: error, template: path });
    }
  };
  const render = naming(() => compile(source, part));
  const named: Render = (values) => naming(() => render(values));
  samples.forEach(named);
  return named;
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
