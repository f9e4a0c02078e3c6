import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** An operator locked sign-in for a while. Sessions stay. */
export class AccountLockedByOperator extends DomainEvent {
  static readonly trail: TrailOf<AccountLockedByOperator> = ['durationSeconds'];
  declare readonly userId: string;
  declare readonly durationSeconds: number;
}
