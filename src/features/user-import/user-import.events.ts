import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** An export of all users with their password hashes was started. */
export class PasswordHashesExported extends DomainEvent {
  static readonly trail: TrailOf<PasswordHashesExported> = ['estimatedCount'];
  /** The number of users, exact up to 100,000. */
  declare readonly estimatedCount: number;
}
