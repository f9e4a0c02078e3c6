import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAllowed } from './allowed-places.js';
import type { Leak } from './leak.js';
import { PatternSearch } from './pattern-search.js';
import type { NotedSecret, RunRecord } from './run-record.js';
import { formsOf } from './secret-forms.js';

const SHOWN_LENGTH = 150;

export interface Findings {
  readonly leaks: readonly Leak[];
  /** The number of secrets and texts, so that an empty record is noticed. */
  readonly secrets: number;
  readonly texts: number;
}

interface Pattern {
  readonly form: string;
  readonly secret: NotedSecret;
}

/** Searches everything that a run logged and stored for every secret that it used, in any form. */
export async function searchRun({ folder }: RunRecord): Promise<Findings> {
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const secrets = new Map<string, NotedSecret>();
  for (const file of files.filter((name) => name.includes('secrets-')))
    for (const line of linesOf(await readFile(file))) {
      const noted = JSON.parse(line.toString()) as NotedSecret;
      secrets.set(noted.secret, noted);
    }
  const patterns = new PatternSearch<Pattern>();
  for (const secret of secrets.values())
    for (const form of formsOf(secret.secret)) patterns.add(form, { form, secret });
  const leaks: Leak[] = [];
  let texts = 0;
  for (const file of files.filter((name) => name.includes('texts-')))
    for (const line of linesOf(await readFile(file))) {
      texts += 1;
      patterns.find(line, (pattern) => leaks.push(leakIn(line, pattern)));
    }
  return { leaks: distinct(leaks.filter((leak) => !isAllowed(leak))), secrets: secrets.size, texts };
}

function* linesOf(file: Buffer): Generator<Buffer> {
  for (let start = 0, end = file.indexOf('\n'); end >= 0; start = end + 1, end = file.indexOf('\n', start))
    yield file.subarray(start, end);
}

function leakIn(line: Buffer, { form, secret }: Pattern): Leak {
  const [place = '', by = '', ...parts] = line.toString().split('\t');
  const text = parts.join('\t');
  const column = columnWith(form, text);
  return {
    secret,
    place: column === undefined ? place : `${place}.${column}`,
    text: around(text.includes(secret.secret) ? secret.secret : form, text),
    by,
  };
}

/** What surrounds the secret, without it. */
function around(form: string, text: string): string {
  const start = Math.max(0, text.indexOf(form) - SHOWN_LENGTH);
  return text.replaceAll(form, '<the secret>').slice(start, start + 2 * SHOWN_LENGTH);
}

/** The column of a row, or the field of a log line, that contains a form; `undefined` if the text is not JSON. */
function columnWith(form: string, text: string): string | undefined {
  try {
    const row = JSON.parse(text) as Record<string, unknown>;
    return Object.keys(row).find((name) => JSON.stringify({ [name]: row[name] }).includes(form));
  } catch {
    return undefined;
  }
}

/** One leak for each place and kind of secret, rather than one for each row. */
function distinct(leaks: readonly Leak[]): Leak[] {
  return [...new Map(leaks.map((leak) => [`${leak.place} ${leak.secret.name} ${leak.by}`, leak])).values()];
}
