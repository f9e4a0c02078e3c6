import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, readError } from '../platform/options/config-error.js';

/** Byte order marks, which some editors write to indicate the encoding. */
const ENCODINGS = [
  { name: 'utf-8', mark: [0xef, 0xbb, 0xbf] },
  { name: 'utf-16le', mark: [0xff, 0xfe] },
  { name: 'utf-16be', mark: [0xfe, 0xff] },
] as const;

/**
 * Reads the variables of a `.env` file in the syntax of `node --env-file`; empty if the file does not exist.
 * @throws ConfigError the file cannot be read or is not text
 */
export function readEnvFile(file: string): Readonly<Record<string, string>> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw readError(file, error, 'make it a file, or remove it');
  }
  const text = decode(bytes, file);
  const variables = parseEnv(text);
  const problems = [...misquotedValues(text), ...misreadLines(text, variables)];
  if (problems.length > 0)
    throw new ConfigError(problems.map(({ where, problem }) => ({ path: `${where} in ${file}`, problem })));
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? '']));
}

interface Misread {
  /** A name, or a line. */
  readonly where: string;
  readonly problem: string;
}

/** Values in quotes, which may have several lines, and what follows them. */
const QUOTED = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*(["'`])([^]*?)\2(.*)$/gm;
/** The last line of a key may end in `=`. */
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([A-Z][A-Z\d_]*)[ \t]*=[ \t]*[^=\s]/m;
/** The beginning of a line whose opening quote ended the value. */
const CUT_ASSIGNMENT = /\n[ \t]*(?:export[ \t]+)?([A-Z][A-Z\d_]*)[ \t]*=[ \t]*$/;
const COMMENT = /^\s*(#|$)/;

/** Finds quotes that are not closed, so that the value goes on to the next quote, or closed too early. */
function misquotedValues(text: string): Misread[] {
  return [...text.matchAll(QUOTED)].flatMap(([, where = '', , value = '', rest = '']) => {
    const isFollowed = !COMMENT.test(rest);
    const [, next] =
      ASSIGNMENT.exec(value.slice(value.indexOf('\n') + 1 || value.length)) ??
      (isFollowed ? CUT_ASSIGNMENT.exec(value) : null) ??
      [];
    if (next !== undefined) return [{ where, problem: `contains the line of ${next}; close the quote` }];
    return isFollowed
      ? [{ where, problem: 'has text after its closing quote; remove it, or use another kind of quote' }]
      : [];
  });
}

/** Finds lines that `node --env-file` would silently misread or ignore. */
function misreadLines(text: string, variables: NodeJS.Dict<string>): Misread[] {
  const unquoted = text.replace(QUOTED, (all) => `X=${all.replace(/[^\n]/g, '')}`);
  return unquoted.split(/\r?\n/).flatMap((line, at) => {
    const found = problemOf(line, variables);
    if (found) return [found];
    if (COMMENT.test(line) || line.includes('=')) return [];
    return [{ where: `line ${String(at + 1)}`, problem: 'sets nothing; write NAME=value' }];
  });
}

function problemOf(line: string, variables: NodeJS.Dict<string>): Misread | undefined {
  const [, name = '', sign, rest = ''] = /^\s*(?:export\s+)?([A-Z][A-Z\d_]*)\s*([=:])[ \t]*(.*)$/.exec(line) ?? [];
  if (sign === ':' && variables[name] === undefined)
    return { where: name, problem: `is followed by a colon; write ${name}=value` };
  const value = variables[name];
  if (sign === '=' && value && rest.startsWith(`${value}#`))
    return { where: name, problem: 'contains a #, where the value would end; put the value in quotes' };
  return undefined;
}

function decode(bytes: Buffer, file: string): string {
  const { name } = ENCODINGS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte)) ?? {
    name: 'utf-8',
  };
  try {
    // The decoder removes the byte order mark.
    const text = new TextDecoder(name, { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Not valid in this encoding; try the next one.
  }
  throw new ConfigError([{ path: file, problem: 'is not UTF-8 text; save it as UTF-8' }]);
}
