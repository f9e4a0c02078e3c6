import { InvalidInputError } from '../../core/errors/errors.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { SessionRevoked } from '../../core/sessions/session.events.js';
import { normalizeEmailAddress } from '../../core/users/email-address.js';
import { UnknownAccountError } from '../../core/users/unknown-account.error.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import { parseDurationSeconds } from '../../platform/options/duration.js';
import { isUuid } from '../../platform/random.js';
import { AccountClosed } from './account-closing.events.js';
import type { AccountClosingConfig } from './account-closing.options.js';
import type { AccountClosingRepository, ClosingEvents, ClosingTimes } from './account-closing.repository.js';

/** A closed account. */
export interface ClosedAccount {
  readonly userId: string;
  /** Until when it can be restored. */
  readonly eraseAfter: Date;
  /** False if it was closed before. */
  readonly changed: boolean;
}

export interface AccountClosingDependencies {
  readonly accountClosingRepository: AccountClosingRepository;
  readonly eventRecorder: EventRecorder;
  readonly config: AccountClosingConfig;
  readonly clock: Clock;
}

/** Closes accounts, which are erased later. */
export class AccountClosingService {
  constructor(private readonly deps: AccountClosingDependencies) {}

  /**
   * Closes an account, deactivated or not: ends all its sessions, access tokens and links, refuses further sign-ins, and
   * emails its user. Housekeeping erases it after `accountClosing.grace`. Until then, `accounts.reactivate` restores it.
   * @param name the address or id of the account
   * @throws InvalidInputError there is no such account, or accounts cannot be closed
   */
  async close(name: string): Promise<ClosedAccount> {
    const { accountClosingRepository, config } = this.deps;
    if (!config.accountClosing.enabled)
      throw new InvalidInputError('user', 'Accounts cannot be closed here (ACCOUNT_CLOSING_ENABLED).');
    const userId = await this.idOf(name);
    const times = this.timesFromNow();
    const changed = await accountClosingRepository.close(userId, times, this.eventsOf(userId, times));
    if (changed) return { userId, eraseAfter: times.eraseAfter, changed };
    const closed = await accountClosingRepository.findClosed(userId);
    if (!closed) throw new UnknownAccountError('user');
    return { userId, eraseAfter: closed.eraseAfter, changed };
  }

  /** An account that is closed now. */
  private timesFromNow(): ClosingTimes {
    const { clock, config } = this.deps;
    const closedAt = clock.now();
    return { closedAt, eraseAfter: addSeconds(closedAt, parseDurationSeconds(config.accountClosing.grace) ?? 0) };
  }

  /** The statement adds the address, and the id of each session. */
  private eventsOf(userId: string, { eraseAfter }: ClosingTimes): ClosingEvents {
    const { eventRecorder } = this.deps;
    return {
      closed: eventRecorder.record(AccountClosed, { userId, email: '', eraseAfter: eraseAfter.toISOString() }),
      sessionEnded: eventRecorder.record(SessionRevoked, { userId, sessionId: '', reason: 'ACCOUNT_CLOSED' }),
    };
  }

  private async idOf(name: string): Promise<string> {
    const email = normalizeEmailAddress(name);
    const wanted = isUuid(name) ? { id: name } : email === undefined ? undefined : { email };
    const id = wanted && (await this.deps.accountClosingRepository.findId(wanted));
    if (id === undefined) throw new UnknownAccountError('user');
    return id;
  }
}
