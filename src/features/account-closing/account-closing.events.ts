import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** An account was closed: all its sessions have ended, and it is erased later unless it is restored. */
export class AccountClosed extends DomainEvent {
  static readonly trail: TrailOf<AccountClosed> = ['eraseAfter'];
  declare readonly userId: string;
  declare readonly email: string;
  /** Until when the account can be restored, as an ISO 8601 text. */
  declare readonly eraseAfter: string;
}

/** A closed account was erased, and everything about it that the service kept. Delete what you keep about the user. */
export class UserErased extends DomainEvent {
  static readonly trail: TrailOf<UserErased> = [];
  declare readonly userId: string;
}
