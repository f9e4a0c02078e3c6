import type { MetadataChecks } from '../../core/composition/ports.js';
import { StateConflictError } from '../../core/errors/state-conflict.error.js';
import type { Clock } from '../../platform/clock.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { uuidV7, type Random } from '../../platform/random.js';
import { checkpointAtStart, type ImportCheckpoint, type SourceIdentity } from './import-checkpoint.js';
import { firstOfEach, readBatch, type ImportBatch, type NumberedUser } from './import-batch.js';
import { inBatches, type TextLine } from './text-lines.js';
import type { NewAccount, UserImportRepository } from './user-import.repository.js';

/** The lines of an import. */
export interface ImportSource {
  /** `undefined` for a stream that cannot be read again, such as standard input. */
  readonly identity: SourceIdentity | undefined;
  read(fromByte: number): AsyncIterable<TextLine>;
}

/** Keeps the lines that cannot be imported. */
export interface RejectedLines {
  /**
   * Begins an empty list.
   * @throws StateConflictError lines cannot be kept there
   */
  begin(): Promise<void>;
  /** Writes lines at a size, in place of what is beyond. */
  write(text: string, at: number): Promise<void>;
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
  /** How many lines earlier runs have rejected that can be imported by now, such as a time that was in the future. */
  readonly unlisted: number;
}

/**
 * Imports users of another system. Records no events and sends no emails: nobody has registered. Memory does not grow with
 * the size of the file.
 */
export class UserImportService {
  constructor(private readonly deps: UserImportDependencies) {}

  /**
   * Imports the lines of a source in batches, one transaction each. A file whose import was interrupted continues where it
   * stopped; `wasFinished` if there was nothing left to do. If another process imports the same file, this one takes over.
   * A dry run is one transaction, in which a temporary table has what its earlier batches would take.
   * @throws StateConflictError an address or id is taken and `onConflict` is `fail`, another process has taken over, or
   *   rejected lines cannot be kept
   */
  async import(source: ImportSource, options: ImportOptions): Promise<ImportOutcome> {
    const { unitOfWork, userImportRepository } = this.deps;
    if (!options.dryRun) return this.importBatches(source, options);
    return unitOfWork.transaction(async () => {
      await userImportRepository.keepOpen();
      await userImportRepository.beginDryRun();
      return this.importBatches(source, options);
    });
  }

  private async importBatches(source: ImportSource, options: ImportOptions): Promise<ImportOutcome> {
    const found = await this.begin(source, options);
    // An import that was finished without any has nothing to list.
    if (found.isFinished && found.rejected === 0) return { ...found, wasFinished: true, unlisted: 0 };
    await options.rejectedLines.begin();
    const listed = await this.listAgain(found, source, options);
    const unlisted = Math.max(0, found.rejected - listed.count);
    let checkpoint = { ...found, rejectedBytes: listed.bytes };
    if (found.isFinished) return { ...checkpoint, wasFinished: true, unlisted };
    for await (const lines of inBatches(source.read(checkpoint.byteOffset), options.batchSize)) {
      checkpoint = await this.importBatch(lines, checkpoint, source, options);
      options.onProgress(checkpoint.byteOffset);
    }
    const finished = await this.advance(checkpoint, { ...checkpoint, isFinished: true }, source, options);
    return { ...finished, wasFinished: false, unlisted };
  }

  private async begin({ identity }: ImportSource, { dryRun, restart }: ImportOptions): Promise<ImportCheckpoint> {
    const { clock, random, userImportRepository } = this.deps;
    const now = clock.now();
    const id = uuidV7(now, random);
    if (!identity || dryRun) return checkpointAtStart(id);
    return restart ? userImportRepository.claimAnew(id, identity, now) : userImportRepository.claim(id, identity, now);
  }

  /** Lists the lines that earlier runs have rejected, since their list may be elsewhere, or that of another file. */
  private async listAgain(
    { line: last, rejected }: ImportCheckpoint,
    source: ImportSource,
    options: ImportOptions,
  ): Promise<{ readonly count: number; readonly bytes: number }> {
    let [line, count, bytes] = [0, 0, 0];
    if (rejected === 0) return { count, bytes };
    for await (const batch of inBatches(source.read(0), options.batchSize)) {
      const { problems, list } = this.check(batch.slice(0, last - line), line);
      if (list !== '') await options.rejectedLines.write(list, bytes);
      count += problems.length;
      bytes += Buffer.byteLength(list);
      line += batch.length;
      if (line >= last) break;
    }
    return { count, bytes };
  }

  private check(lines: readonly TextLine[], before: number): ImportBatch & { readonly list: string } {
    const batch = readBatch(lines, before, { ...this.deps, now: this.deps.clock.now() });
    return { ...batch, list: batch.problems.map((problem) => `${JSON.stringify(problem)}\n`).join('') };
  }

  private async importBatch(
    lines: readonly TextLine[],
    from: ImportCheckpoint,
    source: ImportSource,
    options: ImportOptions,
  ): Promise<ImportCheckpoint> {
    const { users, problems, list } = this.check(lines, from.line);
    return this.deps.unitOfWork.transaction(async () => {
      const skipped = await this.store(users, options);
      const to = {
        ...from,
        byteOffset: lines.at(-1)?.endsAt ?? from.byteOffset,
        line: from.line + lines.length,
        imported: from.imported + users.length - skipped,
        skipped: from.skipped + skipped,
        rejected: from.rejected + problems.length,
        rejectedBytes: from.rejectedBytes + Buffer.byteLength(list),
      };
      await this.advance(from, to, source, options);
      // While no other process can take over.
      if (list !== '') await options.rejectedLines.write(list, from.rejectedBytes);
      return to;
    });
  }

  /** Returns how many users were skipped. */
  private async store(users: readonly NumberedUser[], { dryRun, onConflict }: ImportOptions): Promise<number> {
    const { userImportRepository } = this.deps;
    const imported = new Set<NumberedUser>();
    const taken = new Set<string>();
    // A user whose address or id an earlier line has is stored only if that line is not, so later than it.
    for (let waiting = users; waiting.length > 0;) {
      const candidates = firstOfEach(waiting);
      const accounts = candidates.map(({ user }) => user);
      const stored = await (dryRun ? this.dryRun(accounts) : userImportRepository.insertUsers(accounts));
      for (const candidate of candidates) {
        const { id, email } = candidate.user;
        if (!stored.has(id)) continue;
        imported.add(candidate);
        taken.add(id).add(email);
      }
      const tried = new Set(candidates);
      waiting = waiting.filter((each) => !tried.has(each) && !taken.has(each.user.id) && !taken.has(each.user.email));
    }
    const skipped = users.filter((user) => !imported.has(user));
    const [first] = skipped;
    if (first && onConflict === 'fail')
      throw new StateConflictError('email', `The address or id of line ${String(first.line)} is taken.`);
    return skipped.length;
  }

  /** Returns the ids of the accounts that an import would create. */
  private async dryRun(accounts: readonly NewAccount[]): Promise<ReadonlySet<string>> {
    const { userImportRepository } = this.deps;
    const taken = await userImportRepository.findTaken(accounts);
    const storable = accounts.filter(({ id, email }) => !taken.has(id) && !taken.has(email));
    await userImportRepository.take(storable);
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
    throw new StateConflictError('file', 'Another process has taken over the import of this file.');
  }
}
