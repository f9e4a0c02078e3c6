import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** An operator changed the user's roles; access tokens that were issued before are stale. */
export class RolesChanged extends DomainEvent {
  static readonly trail: TrailOf<RolesChanged> = ['roles'];
  declare readonly userId: string;
  declare readonly roles: readonly string[];
}
