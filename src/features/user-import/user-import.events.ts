import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** An export of all users with their password hashes was started. */
export class PasswordHashesExported extends DomainEvent {
  static readonly trail: TrailOf<PasswordHashesExported> = ['estimatedCount'];
  /** About how many users there were. */
  declare readonly estimatedCount: number;
}
