import type { OutboxRepository } from '../../core/events/outbox.repository.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { readInstant } from '../../platform/database/instant.js';
import { PasswordHashesExported } from './user-import.events.js';
import type { ExportedUser, UserExportRepository } from './user-export.repository.js';

const BATCH = 1_000;
/** Lower than every id. */
const BEFORE_FIRST = '00000000-0000-0000-0000-000000000000';

export interface ExportOptions {
  readonly withPasswordHashes: boolean;
  /** Receives some users at a time, one JSON object for each. */
  readonly write: (lines: readonly string[]) => Promise<void>;
}

export interface UserExportDependencies {
  readonly userExportRepository: UserExportRepository;
  readonly outboxRepository: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly eventRecorder: EventRecorder;
}

/** Exports users in the format of the import. Memory does not grow with their number. */
export class UserExportService {
  constructor(private readonly deps: UserExportDependencies) {}

  /** About how many users there are. */
  async estimateCount(): Promise<number> {
    return this.deps.userExportRepository.estimateCount();
  }

  /**
   * Writes every user as of one instant, and returns how many there are. Never exports tokens or sessions. With password
   * hashes, it records an event first.
   */
  async export({ withPasswordHashes, write }: ExportOptions): Promise<number> {
    const { unitOfWork, userExportRepository } = this.deps;
    // Recorded before the first hash is read, and apart from the snapshot, which only reads.
    if (withPasswordHashes) await this.record();
    return unitOfWork.snapshot(async () => {
      await userExportRepository.keepOpen();
      let count = 0;
      let users: readonly ExportedUser[] = [];
      do {
        users = await userExportRepository.findAfter(users.at(-1)?.id ?? BEFORE_FIRST, BATCH);
        if (users.length > 0) await write(users.map((user) => toLine(user, withPasswordHashes)));
        count += users.length;
      } while (users.length === BATCH);
      return count;
    });
  }

  private async record(): Promise<void> {
    const { eventRecorder, outboxRepository } = this.deps;
    const estimatedCount = await this.estimateCount();
    await outboxRepository.insert([eventRecorder.record(PasswordHashesExported, { estimatedCount })]);
  }
}

function toLine(user: ExportedUser, withPasswordHashes: boolean): string {
  const { emailVerifiedAt, passwordHash, createdAt, lastLoginAt, ...others } = user;
  const fields = {
    ...others,
    emailVerified: emailVerifiedAt === null ? false : toInstant(emailVerifiedAt),
    createdAt: toInstant(createdAt),
    lastLoginAt: lastLoginAt === null ? null : toInstant(lastLoginAt),
    passwordHash: withPasswordHashes ? passwordHash : null,
  };
  return JSON.stringify(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)));
}

function toInstant(text: string): string {
  return readInstant(text).toISOString();
}
