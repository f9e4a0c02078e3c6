import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** The profile or a document about the user has changed. */
export class ProfileUpdated extends DomainEvent {
  static readonly trail: TrailOf<ProfileUpdated> = ['fields'];
  declare readonly userId: string;
  /** The changed fields, such as `['displayName', 'preferences']`. */
  declare readonly fields: readonly string[];
}
