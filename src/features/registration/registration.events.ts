import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** An account was created. */
export class UserRegistered extends DomainEvent {
  static readonly trail: TrailOf<UserRegistered> = ['email'];
  declare readonly userId: string;
  declare readonly email: string;
}

/**
 * With `registration.requireEmailVerification`: someone tried to register an address that is taken: it is verified, invited or
 * imported, has roles or metadata, or its account is closed.
 */
export class RegistrationRefused extends DomainEvent {
  static readonly trail: TrailOf<RegistrationRefused> = ['email'];
  declare readonly email: string;
}
