import type { MetadataChecks } from '../../core/composition/ports.js';
import { uuidV7, type Random } from '../../platform/random.js';
import { isProblem, readImportLine, type ImportedUser, type LineProblem } from './import-line.js';
import type { LineContent, TextLine } from './text-lines.js';
import type { NewAccount } from './user-import.repository.js';

export interface NumberedUser {
  readonly line: number;
  readonly user: NewAccount;
}

export interface NumberedProblem extends LineProblem {
  readonly line: number;
}

/** What the lines of a batch contain. */
export interface ImportBatch {
  readonly users: readonly NumberedUser[];
  readonly problems: readonly NumberedProblem[];
}

export interface LineReading {
  readonly now: Date;
  readonly random: Random;
  readonly metadata: MetadataChecks;
}

/** Reads a batch of lines, and gives ids to users without one. `before` is the number of lines before the batch. */
export function readBatch(lines: readonly TextLine[], before: number, reading: LineReading): ImportBatch {
  const users: NumberedUser[] = [];
  const problems: NumberedProblem[] = [];
  for (const [at, content] of lines.entries()) {
    const line = before + at + 1;
    const read = readLine(content, line === 1, reading);
    if (!read) continue;
    if (isProblem(read)) problems.push({ line, ...read });
    else users.push({ line, user: { ...read, id: read.id ?? uuidV7(reading.now, reading.random) } });
  }
  return { users, problems };
}

/** The users who share no address or id with an earlier one. */
export function firstOfEach(users: readonly NumberedUser[]): readonly NumberedUser[] {
  const seen = new Set<string>();
  return users.filter(({ user: { id, email } }) => {
    const isFirst = !seen.has(id) && !seen.has(email);
    seen.add(id).add(email);
    return isFirst;
  });
}

/** Returns `undefined` for an empty line. */
function readLine(
  content: LineContent,
  isFirst: boolean,
  { now, metadata }: LineReading,
): ImportedUser | LineProblem | undefined {
  if ('problem' in content) return { email: null, field: null, problem: content.problem };
  const text = isFirst ? withoutMark(content.text) : content.text;
  return text.trim() === '' ? undefined : readImportLine(text, now, metadata);
}

/** Some programs start a file with a byte order mark. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}
