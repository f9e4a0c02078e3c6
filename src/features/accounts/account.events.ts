import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** An operator deactivated an account. All its sessions have ended. */
export class UserDeactivated extends DomainEvent {
  /** The reason is for operators, and users read the trail. */
  static readonly trail: TrailOf<UserDeactivated> = [];
  declare readonly userId: string;
  /** What the operator wrote; null if nothing. */
  declare readonly reason: string | null;
}

/** An operator opened an account again that was deactivated or closed. */
export class UserReactivated extends DomainEvent {
  static readonly trail: TrailOf<UserReactivated> = [];
  declare readonly userId: string;
}
