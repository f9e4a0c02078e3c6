import { AccountNotFoundError } from '../../core/errors/errors.js';
import { requireOperator, type Operator } from '../../core/management/operator.js';
import type { UserRecord } from '../../core/management/user-record.js';
import type { Session } from '../../core/sessions/session.js';
import { findForEach } from '../../core/users/find-for-each.js';
import type { Clock } from '../../platform/clock.js';
import { isUuid } from '../../platform/random.js';
import type { RecordDetailsRepository, RecordMetadata } from './record-details.repository.js';
import type { UserRecordRepository } from './user-record.repository.js';

/** The maximum number of sessions of a record. */
const MAX_SESSIONS = 100;

const NO_METADATA: RecordMetadata = { publicMetadata: {}, privateMetadata: {} };

export interface UserRecordDependencies {
  readonly userRecordRepository: UserRecordRepository;
  readonly recordDetailsRepository: RecordDetailsRepository;
  readonly clock: Clock;
}

/** Shows users to operators. */
export class UserRecordService {
  constructor(private readonly deps: UserRecordDependencies) {}

  /**
   * Returns a user.
   * @throws UnauthenticatedError the operator's session has ended, or the access token is older than a change of roles
   * @throws AccountNotFoundError nobody has this id
   */
  async find(operator: Operator, userId: string): Promise<UserRecord> {
    const [record] = await this.findAll(operator, [userId]);
    if (!record) throw new AccountNotFoundError();
    return record;
  }

  /**
   * Returns users in the order of the ids; null for an id that nobody has.
   * @throws UnauthenticatedError the operator's session has ended, or the access token is older than a change of roles
   */
  async findAll(operator: Operator, userIds: readonly string[]): Promise<(UserRecord | null)[]> {
    const { clock, userRecordRepository } = this.deps;
    const known = userIds.filter(isUuid);
    if (known.length === 0) return userIds.map(() => null);
    const { operatorState, records } = await userRecordRepository.find(operator, known, clock.now());
    requireOperator(operatorState);
    const found = new Map(records.map((record) => [record.id, record]));
    return userIds.map((id) => found.get(id.toLowerCase()) ?? null);
  }

  /** Returns the live sessions of each user, most recently used first, at most 100 each, in the order of the ids. */
  async liveSessions(userIds: readonly string[]): Promise<(readonly Session[])[]> {
    const { clock, recordDetailsRepository } = this.deps;
    return findForEach(userIds, (ids) => recordDetailsRepository.liveSessions(ids, MAX_SESSIONS, clock.now()), []);
  }

  /** Returns the documents of each user, in the order of the ids. */
  async metadata(userIds: readonly string[]): Promise<RecordMetadata[]> {
    return findForEach(userIds, (ids) => this.deps.recordDetailsRepository.metadata(ids), NO_METADATA);
  }
}
