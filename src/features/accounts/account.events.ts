import { DomainEvent } from '../../core/events/domain-event.js';

/** An operator closed an account. All its sessions have ended. */
export class UserDeactivated extends DomainEvent {
  declare readonly userId: string;
  /** What the operator wrote; null if nothing. */
  declare readonly reason: string | null;
}

/** An operator opened a closed account again. */
export class UserReactivated extends DomainEvent {
  declare readonly userId: string;
}
