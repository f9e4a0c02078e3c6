import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DumpedRow } from '../database-dump.js';

/** The folder of the run's record; set once for all workers. */
const FOLDER_VARIABLE = 'AUTH_SUBGRAPH_TEST_RECORD';
/** Shorter values, such as `wrong`, occur by chance, and so do long ones of one or two characters. */
const MIN_SECRET_LENGTH = 10;
const MIN_CHARACTERS = 4;
/** Some tests present a stored hash as the password. Hashes are stored. */
const HASH = /^\$(2[aby]|argon2id)\$/;

/** A secret that a test used. */
export interface NotedSecret {
  readonly secret: string;
  /** What it is, such as `refreshToken`. */
  readonly name: string;
}

/** Records the secrets that the tests of a run use, and what they log and store, in a folder that is searched at the end. */
export class RunRecord {
  private readonly known = new Set<string>();

  constructor(readonly folder: string) {}

  /** Starts the record of a run, for this process and all that it starts. */
  static start(): RunRecord {
    process.env[FOLDER_VARIABLE] = mkdtempSync(join(tmpdir(), 'auth-subgraph-record-'));
    return RunRecord.ofRun();
  }

  static ofRun(): RunRecord {
    const folder = process.env[FOLDER_VARIABLE];
    if (folder === undefined) throw new Error('no run has been started');
    return new RunRecord(folder);
  }

  /** Notes a secret, unless it is too simple to be told from other text. */
  secret(secret: unknown, name: string): void {
    if (typeof secret !== 'string' || secret.length < MIN_SECRET_LENGTH) return;
    if (HASH.test(secret) || new Set(secret).size < MIN_CHARACTERS) return;
    const id = createHash('sha256').update(secret).digest('base64');
    if (this.known.has(id)) return;
    this.known.add(id);
    this.append('secrets', `${JSON.stringify({ secret, name })}\n`);
  }

  /** Notes the rows of tables. */
  rows(rows: readonly DumpedRow[]): void {
    this.texts(rows.map(({ table, text }) => ({ place: table, text })));
  }

  /** Notes what a program or a logger wrote. */
  log(place: string, text: string): void {
    this.texts(text.split('\n').map((line) => ({ place, text: line })));
  }

  /** Notes texts of one line each. They are kept unchanged, because escaping would hide secrets from the search. */
  private texts(texts: readonly { readonly place: string; readonly text: string }[]): void {
    const by = currentTest() ?? '';
    this.append('texts', texts.map(({ place, text }) => (text === '' ? '' : `${place}\t${by}\t${text}\n`)).join(''));
  }

  private append(kind: 'secrets' | 'texts', lines: string): void {
    if (lines !== '') appendFileSync(join(this.folder, `${kind}-${String(process.pid)}`), lines);
  }
}

/** The test file that runs. Jest's own setup has none. */
function currentTest(): string | undefined {
  const { expect } = globalThis as { expect?: { getState(): { testPath?: string } } };
  return expect?.getState().testPath?.replace(/^.*\/test\//, 'test/');
}
