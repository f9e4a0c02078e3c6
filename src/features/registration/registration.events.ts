import { DomainEvent } from '../../core/events/domain-event.js';

/** An account was created. */
export class UserRegistered extends DomainEvent {
  declare readonly userId: string;
  declare readonly email: string;
}

/** Someone tried to register an address that already has an account. */
export class RegistrationRefused extends DomainEvent {
  declare readonly email: string;
}
