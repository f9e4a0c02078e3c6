import type { MetadataChecks } from '../../core/composition/ports.js';
import { StateConflictError } from '../../core/errors/state-conflict.error.js';
import type { Clock } from '../../platform/clock.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { uuidV7, type Random } from '../../platform/random.js';
import { checkpointAtStart, type ImportCheckpoint, type SourceIdentity } from './import-checkpoint.js';
import { isProblem, readImportLine, type ImportedUser, type LineProblem } from './import-line.js';
import { inBatches, type TextLine } from './text-lines.js';
import type { UserImportRepository } from './user-import.repository.js';

/** The lines of an import. */
export interface ImportSource {
  /** `undefined` for a stream that cannot be read again, such as standard input. */
  readonly identity: SourceIdentity | undefined;
  read(fromByte: number): AsyncIterable<TextLine>;
}

/** Keeps the lines that cannot be imported. */
export interface RejectedLines {
  /** Removes what is beyond a size: it belongs to a batch that was not stored. */
  truncate(bytes: number): Promise<void>;
  /** Returns the new size. */
  append(problems: readonly (LineProblem & { readonly line: number })[]): Promise<number>;
}

export interface ImportOptions {
  readonly batchSize: number;
  /** What happens if an address or id is taken: the line is skipped, or the import stops. */
  readonly onConflict: 'skip' | 'fail';
  /** Reads and checks everything, but stores nothing. */
  readonly dryRun: boolean;
  /** Starts at the beginning, even if the file has been imported before. */
  readonly restart: boolean;
  readonly rejectedLines: RejectedLines;
  /** Called after each batch with the position in the file. */
  readonly onProgress: (byteOffset: number) => void;
}

export interface UserImportDependencies {
  readonly userImportRepository: UserImportRepository;
  readonly unitOfWork: UnitOfWork;
  readonly metadata: MetadataChecks;
  readonly clock: Clock;
  readonly random: Random;
}

/** What an import has done, since the beginning of the file. */
export interface ImportOutcome extends ImportCheckpoint {
  /** Whether an earlier import had already finished the file. */
  readonly wasFinished: boolean;
}

interface NumberedUser {
  readonly line: number;
  readonly user: ImportedUser & { readonly id: string };
}

/**
 * Imports users of another system. Records no events and sends no emails: nobody has registered. Memory does not grow with
 * the size of the file.
 */
export class UserImportService {
  constructor(private readonly deps: UserImportDependencies) {}

  /**
   * Imports the lines of a source in batches, one transaction each. A file whose import was interrupted continues where it
   * stopped; `wasFinished` if there was nothing left to do.
   * @throws InvalidInputError an address or id is taken and `onConflict` is `fail`, or another process imports the file
   */
  async import(source: ImportSource, options: ImportOptions): Promise<ImportOutcome> {
    let checkpoint = await this.begin(source, options);
    if (checkpoint.isFinished) return { ...checkpoint, wasFinished: true };
    await options.rejectedLines.truncate(checkpoint.rejectedBytes);
    for await (const lines of inBatches(source.read(checkpoint.byteOffset), options.batchSize)) {
      checkpoint = await this.importBatch(lines, checkpoint, source, options);
      options.onProgress(checkpoint.byteOffset);
    }
    const finished = await this.advance(checkpoint, { ...checkpoint, isFinished: true }, source, options);
    return { ...finished, wasFinished: false };
  }

  private async begin({ identity }: ImportSource, { dryRun, restart }: ImportOptions): Promise<ImportCheckpoint> {
    const { clock, random, userImportRepository } = this.deps;
    const now = clock.now();
    const id = uuidV7(now, random);
    if (!identity || dryRun) return checkpointAtStart(id);
    const found = restart ? undefined : await userImportRepository.findCheckpoint(identity.fingerprint);
    return found ?? userImportRepository.beginAnew(id, identity, now);
  }

  private async importBatch(
    lines: readonly TextLine[],
    from: ImportCheckpoint,
    source: ImportSource,
    options: ImportOptions,
  ): Promise<ImportCheckpoint> {
    const { users, problems } = this.read(lines, from.line);
    // Before the checkpoint is stored, so that no rejected line is lost. An interrupted batch truncates it again.
    const rejectedBytes = problems.length === 0 ? from.rejectedBytes : await options.rejectedLines.append(problems);
    return this.deps.unitOfWork.transaction(async () => {
      const skipped = await this.store(users, options);
      const to = {
        ...from,
        byteOffset: lines.at(-1)?.endsAt ?? from.byteOffset,
        line: from.line + lines.length,
        imported: from.imported + users.length - skipped,
        skipped: from.skipped + skipped,
        rejected: from.rejected + problems.length,
        rejectedBytes,
      };
      return this.advance(from, to, source, options);
    });
  }

  private read(
    lines: readonly TextLine[],
    before: number,
  ): { users: NumberedUser[]; problems: (LineProblem & { line: number })[] } {
    const { clock, metadata, random } = this.deps;
    const now = clock.now();
    const users: NumberedUser[] = [];
    const problems: (LineProblem & { line: number })[] = [];
    for (const [at, { text }] of lines.entries()) {
      const line = before + at + 1;
      if (text?.trim() === '') continue;
      const read = text === undefined ? TOO_LONG : readImportLine(line === 1 ? withoutMark(text) : text, now, metadata);
      if (isProblem(read)) problems.push({ line, ...read });
      else users.push({ line, user: { ...read, id: read.id ?? uuidV7(now, random) } });
    }
    return { users, problems };
  }

  /** Returns how many users were skipped. */
  private async store(users: readonly NumberedUser[], { dryRun, onConflict }: ImportOptions): Promise<number> {
    const { userImportRepository } = this.deps;
    const candidates = firstOfEach(users);
    const accounts = [...candidates].map(({ user }) => user);
    const stored = await (dryRun ? this.findStorable(accounts) : userImportRepository.insertUsers(accounts));
    const skipped = users.filter((user) => !candidates.has(user) || !stored.has(user.user.id));
    const [first] = skipped;
    if (first && onConflict === 'fail')
      throw new StateConflictError('email', `The address or id of line ${String(first.line)} is taken.`);
    return skipped.length;
  }

  private async findStorable(accounts: readonly NumberedUser['user'][]): Promise<ReadonlySet<string>> {
    const taken = await this.deps.userImportRepository.findTaken(accounts);
    const storable = accounts.filter(({ id, email }) => !taken.has(id) && !taken.has(email));
    return new Set(storable.map(({ id }) => id));
  }

  private async advance(
    from: ImportCheckpoint,
    to: ImportCheckpoint,
    { identity }: ImportSource,
    { dryRun }: ImportOptions,
  ): Promise<ImportCheckpoint> {
    const { clock, userImportRepository } = this.deps;
    if (!identity || dryRun || (await userImportRepository.advance(from, to, clock.now()))) return to;
    throw new StateConflictError('file', 'Another process is importing this file.');
  }
}

/** Of several lines with one address or id, the first counts. */
function firstOfEach(users: readonly NumberedUser[]): ReadonlySet<NumberedUser> {
  const seen = new Set<string>();
  const isFirst = ({ user: { id, email } }: NumberedUser): boolean => {
    if (seen.has(id) || seen.has(email)) return false;
    seen.add(id).add(email);
    return true;
  };
  return new Set(users.filter(isFirst));
}

const TOO_LONG: LineProblem = { email: null, field: null, problem: 'is longer than 128 KiB' };

/** Some programs start a file with a byte order mark. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}
