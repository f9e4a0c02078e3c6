import { DomainEvent } from '../../core/events/domain-event.js';

/** An account was created. */
export class UserRegistered extends DomainEvent {
  declare readonly userId: string;
  declare readonly email: string;
}

/** Somebody tried to register an address that has an account already. */
export class RegistrationRefused extends DomainEvent {
  declare readonly email: string;
}
