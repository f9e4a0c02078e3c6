import type { EmailLimitService } from '../../core/email/email-limit.service.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import type { Clock } from '../../platform/clock.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { UserErased } from './account-closing.events.js';
import type { ErasureRepository } from './erasure.repository.js';

/** The number of accounts in one transaction. */
const BATCH = 100;

export interface ErasureDependencies {
  readonly erasureRepository: ErasureRepository;
  readonly deliveryErasure: { deleteAbout(subjects: { userIds: string[]; addresses: string[] }): Promise<void> };
  readonly emailLimits: EmailLimitService;
  readonly eventRecorder: EventRecorder;
  /** Of the connections of the repositories. */
  readonly unitOfWork: UnitOfWork;
  readonly emailKinds: readonly string[];
  readonly clock: Clock;
}

/** Erases closed accounts after their time of grace. */
export class ErasureService {
  constructor(private readonly deps: ErasureDependencies) {}

  /** Erases every account whose time is over, and returns their number. Safe in several processes at once. */
  async run(): Promise<number> {
    let total = 0;
    for (;;) {
      const erased = await this.deps.unitOfWork.transaction(() => this.eraseBatch());
      total += erased;
      if (erased < BATCH) return total;
    }
  }

  /** The events are deleted before what becomes of them, so that the relay adds nothing in between. */
  private async eraseBatch(): Promise<number> {
    const { clock, deliveryErasure, emailKinds, emailLimits, erasureRepository, eventRecorder } = this.deps;
    const due = await erasureRepository.lockDue(clock.now(), BATCH);
    if (due.length === 0) return 0;
    const subjects = { userIds: due.map(({ id }) => id), addresses: due.map(({ email }) => email) };
    await erasureRepository.deleteAttempts(subjects);
    await erasureRepository.deleteEmailLimits(due.flatMap((account) => emailLimits.keysOf(account, emailKinds)));
    await erasureRepository.deleteEvents(subjects);
    await erasureRepository.cleanTrail(subjects);
    await deliveryErasure.deleteAbout(subjects);
    const events = due.map(({ id: userId }) => eventRecorder.record(UserErased, { userId }));
    await erasureRepository.deleteAccounts(subjects, events);
    return due.length;
  }
}
