import type { EmailLimitService } from '../../core/email/email-limit.service.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import type { Metrics } from '../../core/observability/metrics.js';
import type { Clock } from '../../platform/clock.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { codesOf, constraintOf, nameOf } from '../../platform/error-codes.js';
import type { Logger } from '../../platform/logger.js';
import { UserErased } from './account-closing.events.js';
import type { DueAccount, ErasureRepository } from './erasure.repository.js';

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
  readonly metrics: Pick<Metrics, 'housekeepingFailed'>;
  readonly logger: Logger;
}

/** Erases closed accounts after their grace period. */
export class ErasureService {
  constructor(private readonly deps: ErasureDependencies) {}

  /**
   * Erases every account whose time is over, and returns their number. Safe in several processes at once. An account that
   * cannot be deleted does not prevent the erasure of others; the next run tries it again.
   */
  async run(): Promise<number> {
    const { clock, erasureRepository, logger, metrics, unitOfWork } = this.deps;
    const failed: string[] = [];
    let limit = BATCH;
    for (let total = 0; ;) {
      let due: DueAccount[] = [];
      try {
        const erased = await unitOfWork.transaction(async () => {
          due = await erasureRepository.lockDue(clock.now(), limit, failed);
          return this.erase(due);
        });
        total += erased;
        if (erased < limit) {
          if (failed.length > 0) metrics.housekeepingFailed();
          return total;
        }
      } catch (error) {
        if (limit === 1) {
          const [account] = due;
          if (!account) throw error;
          failed.push(account.id);
          const problem = { userId: account.id, error: nameOf(error), ...codesOf(error), ...constraintOf(error) };
          logger.error(problem, 'an account could not be erased');
        }
        // From here on, each account has a separate transaction.
        limit = 1;
      }
    }
  }

  /** The events are deleted before what becomes of them, so that the relay adds nothing in between. */
  private async erase(due: readonly DueAccount[]): Promise<number> {
    const { deliveryErasure, emailKinds, emailLimits, erasureRepository, eventRecorder } = this.deps;
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
