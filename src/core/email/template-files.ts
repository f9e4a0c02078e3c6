import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalLocale } from '../users/locale.js';
import { EmailSetupError } from './email-setup.error.js';

/** A template of the application, which replaces a built-in one. */
export interface TemplateFile {
  /** The folder that it is in; empty if it is for every locale. */
  readonly locale: string;
  /** Such as `verify-email.text.eta`. */
  readonly file: string;
  readonly path: string;
  readonly source: string;
}

/**
 * Reads the templates in a folder, and those in folders of locales below it.
 * @param known the names that a template may have
 * @throws EmailSetupError a folder or file is missing or has an unknown name
 */
export function readTemplateFiles(folder: string, known: ReadonlySet<string>): TemplateFile[] {
  const { folders } = listOf(folder);
  const ofLocales = folders.flatMap((name) => {
    const files = readFolder(join(folder, name), name, known);
    if (files.length > 0) requireLocale(join(folder, name), name);
    return files;
  });
  return [...readFolder(folder, '', known), ...ofLocales];
}

function readFolder(folder: string, locale: string, known: ReadonlySet<string>): TemplateFile[] {
  const { files } = listOf(folder);
  return files.map((name) => {
    const path = join(folder, name);
    // Otherwise a misspelt file name would silently send the default email.
    if (!known.has(name))
      throw new EmailSetupError(
        `The email template ${path} has an unknown name. Valid names: ${[...known].join(', ')}.`,
      );
    return { locale, file: name, path, source: readTemplate(path) };
  });
}

/** Otherwise the templates in a misspelt folder would silently never be used. */
function requireLocale(path: string, name: string): void {
  const canonical = canonicalLocale(name);
  if (canonical === name) return;
  const instead = canonical === undefined ? 'a language tag such as `de` or `pt-BR`' : `\`${canonical}\``;
  throw new EmailSetupError(`The folder of email templates ${path} must be named ${instead}.`);
}

/**
 * The folders and templates in a folder. Follows links, and leaves out names that begin with a dot: Kubernetes mounts a
 * ConfigMap as links into a hidden folder.
 */
function listOf(folder: string): { folders: string[]; files: string[] } {
  try {
    const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
    const { folders = [], others = [] } = Object.groupBy(names, (name) =>
      statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() ? 'folders' : 'others',
    );
    return { folders, files: others.filter((name) => name.endsWith('.eta')) };
  } catch (error) {
    throw unreadable(`folder ${folder}`, error);
  }
}

function readTemplate(path: string): string {
  const bytes = readBytes(path);
  // Otherwise emails would contain replacement characters.
  if (!isUtf8(bytes)) throw new EmailSetupError(`The email template ${path} is not UTF-8.`);
  return bytes.toString().replace(/^\uFEFF/, '');
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(what: string, cause: unknown): EmailSetupError {
  const { code } = cause as NodeJS.ErrnoException;
  return new EmailSetupError(`The email template ${what} cannot be read (${String(code)}).`, { cause });
}
