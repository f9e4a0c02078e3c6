import { addSeconds, MAX_CLOCK_SKEW_SECONDS, systemClock, type Clock } from '../../platform/clock.js';
import { codesOf, constraintOf, nameOf } from '../../platform/error-codes.js';
import type { Logger } from '../../platform/logger.js';
import type { JobQueue, QueueSettings } from '../../platform/jobs/job-queue.js';
import { EXPIRING_TABLES, type Cutoffs, type ExpiringTable } from './expiring-table.js';
import type { HousekeepingRepository } from './housekeeping.repository.js';
import type { Metrics } from '../observability/metrics.js';
import type { AuditConfig } from '../events/audit.options.js';
import { lowestUuidV7 } from '../../platform/random.js';
import type { LockoutConfig } from '../attempts/lockout.options.js';
import { MAX_WINDOW_SECONDS } from '../rate-limits/rate-limit-rule.js';
import type { NameKeyRepository } from '../users/name-key.repository.js';
import type { OneTimeTokenConfig } from '../one-time-tokens/one-time-token.options.js';

const BATCH = 1000;
const MAX_BATCHES = 1000;
const DAY_SECONDS = 24 * 60 * 60;
/** Ended sessions are kept for a while to detect late replays, and for operators. */
const KEEP_ENDED_SECONDS = 7 * DAY_SECONDS;
const KEEP_DEVICE_SECONDS = 400 * DAY_SECONDS;

const QUEUE = 'auth-housekeeping';
const EVERY_TEN_MINUTES = '*/10 * * * *';

export const HOUSEKEEPING_QUEUE: QueueSettings = { name: QUEUE, retryLimit: 0, deleteAfterSeconds: DAY_SECONDS };

/** Deletes what is due, and returns how many rows. Safe in several processes at once. */
export type UpkeepTask = () => Promise<number>;

/**
 * Deletes ended sessions, consumed tokens, old counters, unused devices and old events of the audit trail. Fills the keys by
 * which users are found, for names that an earlier release has stored, and deletes what features delete.
 */
export class HousekeepingService {
  constructor(
    private readonly housekeepingRepository: HousekeepingRepository,
    private readonly nameKeyRepository: NameKeyRepository,
    private readonly config: AuditConfig & LockoutConfig & OneTimeTokenConfig,
    private readonly clock: Clock,
    private readonly tasks: readonly UpkeepTask[],
    private readonly metrics: Pick<Metrics, 'housekeepingFailed'>,
    private readonly logger: Logger,
  ) {}

  /** Schedules the work every ten minutes, in one of all running processes. */
  async start(jobs: JobQueue): Promise<void> {
    await jobs.work(QUEUE, { workers: 1, batchSize: 1 }, async () => {
      await this.run();
    });
    await jobs.schedule(QUEUE, EVERY_TEN_MINUTES);
  }

  /**
   * Works in batches until nothing is left, and returns the number of deleted rows. Safe in several processes at once. A
   * step that fails does not prevent the others; its error is logged, and thrown at the end. Does nothing if the clock of
   * this machine is ahead: what it deleted too early would be lost.
   */
  async run(): Promise<number> {
    try {
      if (!(await this.isClockAhead())) return await this.runSteps();
      this.metrics.housekeepingFailed();
      return 0;
    } catch (error) {
      this.metrics.housekeepingFailed();
      throw error;
    }
  }

  private async runSteps(): Promise<number> {
    const { retentionDays, operatorRetentionDays } = this.config.audit;
    const steps: readonly UpkeepTask[] = [
      ...EXPIRING_TABLES.map((table) => () => this.deleteAll(table)),
      () => this.fillNameKeys(),
      () => this.deleteEvents(false, retentionDays),
      () => this.deleteEvents(true, operatorRetentionDays),
      ...this.tasks,
    ];
    const errors: unknown[] = [];
    let total = 0;
    for (const step of steps) {
      try {
        total += await step();
      } catch (error) {
        errors.push(error);
        this.logger.error({ error: nameOf(error), ...codesOf(error), ...constraintOf(error) }, 'housekeeping failed');
      }
    }
    if (errors.length > 0) throw errors[0];
    return total;
  }

  private async isClockAhead(): Promise<boolean> {
    const secondsAhead = systemClock.now().getTime() / 1000 - (await this.housekeepingRepository.findEpochSeconds());
    if (secondsAhead <= MAX_CLOCK_SKEW_SECONDS) return false;
    this.logger.error({ secondsAhead }, 'the clock is ahead of that of the database; housekeeping is skipped');
    return true;
  }

  private cutoffs(): Cutoffs {
    const now = this.clock.now();
    return {
      ended: addSeconds(now, -KEEP_ENDED_SECONDS),
      attempts: addSeconds(now, -this.config.lockout.durationSeconds),
      devices: addSeconds(now, -KEEP_DEVICE_SECONDS),
      claims: addSeconds(now, -this.config.registration.verificationTokenTtlSeconds - KEEP_ENDED_SECONDS),
      laterThan: addSeconds(now, MAX_WINDOW_SECONDS + MAX_CLOCK_SKEW_SECONDS),
      now,
    };
  }

  private async deleteAll(table: ExpiringTable): Promise<number> {
    const cutoffs = this.cutoffs();
    let total = 0;
    for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
      const deleted = await this.housekeepingRepository.deleteBatch(table, cutoffs, BATCH);
      total += deleted;
      if (deleted === 0) break;
    }
    return total;
  }

  /** Deletes nothing. */
  private async fillNameKeys(): Promise<number> {
    for (let batch = 0; batch < MAX_BATCHES; batch += 1) if ((await this.nameKeyRepository.fill(BATCH)) < BATCH) break;
    return 0;
  }

  private async deleteEvents(ofOperators: boolean, days: number): Promise<number> {
    if (days === 0) return 0;
    const before = lowestUuidV7(addSeconds(this.clock.now(), -days * DAY_SECONDS));
    let [total, after]: [number, string | null] = [0, lowestUuidV7(new Date(0))];
    for (let batch = 0; batch < MAX_BATCHES && after !== null; batch += 1) {
      const { deleted, last } = await this.housekeepingRepository.deleteEvents({ ofOperators, after, before }, BATCH);
      total += deleted;
      after = last;
    }
    return total;
  }
}
