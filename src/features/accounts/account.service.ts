import { InvalidInputError } from '../../core/errors/errors.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { SessionRevoked } from '../../core/sessions/session.events.js';
import { normalizeEmailAddress } from '../../core/users/email-address.js';
import { UnknownAccountError } from '../../core/users/unknown-account.error.js';
import { EmailVerified } from '../../core/users/user.events.js';
import type { Clock } from '../../platform/clock.js';
import { isUuid } from '../../platform/random.js';
import { UserDeactivated, UserReactivated } from './account.events.js';
import type { Account, AccountFilter } from './account.js';
import type { AccountPage, AccountRepository } from './account.repository.js';

/** Lower than every id. */
const BEFORE_FIRST = '00000000-0000-0000-0000-000000000000';
const MAX_REASON_LENGTH = 500;

export interface AccountDependencies {
  readonly accountRepository: AccountRepository;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
}

/** Shows and changes accounts of any user, for operators. */
export class AccountService {
  constructor(private readonly deps: AccountDependencies) {}

  /**
   * Returns the account with an address or id, active or not.
   * @throws InvalidInputError there is none
   */
  async find(name: string): Promise<Account> {
    const { accountRepository, clock } = this.deps;
    const email = isUuid(name) ? undefined : normalizeEmailAddress(name);
    const wanted = isUuid(name) ? { id: name } : email === undefined ? undefined : { email };
    const account = wanted && (await accountRepository.find(wanted, clock.now()));
    if (!account) throw new UnknownAccountError('user');
    return account;
  }

  /** Lists accounts in the order of their ids, which is that of their creation unless they were imported. */
  async list(
    filter: AccountFilter,
    { after = BEFORE_FIRST, limit }: Partial<AccountPage> & { limit: number },
  ): Promise<Account[]> {
    const { accountRepository, clock } = this.deps;
    const search = filter.search?.trim().toLowerCase();
    return accountRepository.list({ ...filter, search }, { after, limit }, clock.now());
  }

  /**
   * Marks the address of an account as verified. Returns whether it was not.
   * @throws InvalidInputError there is no such account
   */
  async verifyEmail(name: string): Promise<boolean> {
    const { accountRepository, clock, eventRecorder } = this.deps;
    const { id: userId, email } = await this.find(name);
    return accountRepository.verifyEmail(userId, clock.now(), eventRecorder.record(EmailVerified, { userId, email }));
  }

  /**
   * Deactivates an account, and ends all its sessions, access tokens and links. Returns whether it was active.
   * @throws InvalidInputError there is no such account, or the reason is longer than 500 characters
   */
  async deactivate(name: string, reason: string | null = null): Promise<boolean> {
    const { accountRepository, clock, eventRecorder } = this.deps;
    if (reason !== null && (reason.length > MAX_REASON_LENGTH || reason.includes('\0')))
      throw new InvalidInputError('reason', `Must be at most ${String(MAX_REASON_LENGTH)} characters long.`);
    const { id: userId } = await this.find(name);
    return accountRepository.deactivate(userId, reason, clock.now(), {
      changed: eventRecorder.record(UserDeactivated, { userId, reason }),
      sessionEnded: this.sessionEnded(userId),
    });
  }

  /**
   * Opens an account again that was deactivated, or closed and not erased yet. Returns whether it was not open.
   * @throws InvalidInputError there is no such account, or it can no longer be restored
   */
  async reactivate(name: string): Promise<boolean> {
    const { accountRepository, clock, eventRecorder } = this.deps;
    const { id: userId, status } = await this.find(name);
    const changed = await accountRepository.reactivate(userId, clock.now(), {
      changed: eventRecorder.record(UserReactivated, { userId }),
      sessionEnded: this.sessionEnded(userId),
    });
    // It may have been erased in the meantime.
    if (!changed && status === 'closed' && (await this.find(userId)).status === 'closed')
      throw new InvalidInputError('user', 'The account can no longer be restored. It is about to be erased.');
    return changed;
  }

  /** The statement adds the id of each session. */
  private sessionEnded(userId: string): ReturnType<EventRecorder['record']> {
    return this.deps.eventRecorder.record(SessionRevoked, { userId, sessionId: '', reason: 'DEACTIVATED' });
  }
}
