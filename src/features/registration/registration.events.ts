import { DomainEvent } from '../../core/events/domain-event.js';

/** An account was created. */
export class UserRegistered extends DomainEvent {
  declare readonly userId: string;
  declare readonly email: string;
}

/** With `registration.requireEmailVerification`: someone tried to register a verified address, or that of a closed account. */
export class RegistrationRefused extends DomainEvent {
  declare readonly email: string;
}
