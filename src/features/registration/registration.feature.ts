import type { Core } from '../../core/composition/core.js';
import type { CoreConfig } from '../../core/composition/core.options.js';
import type { Feature } from '../../core/composition/feature.js';
import { alreadyRegisteredEmail } from './registration.emails.js';
import { RegistrationRefused, UserRegistered } from './registration.events.js';
import { registrationOptions, type RegistrationConfig } from './registration.options.js';
import { RegistrationRepository } from './registration.repository.js';
import { RegistrationResolver } from './registration.resolver.js';
import { RegistrationService } from './registration.service.js';

export interface RegistrationServices {
  readonly registration: RegistrationService;
}

export const registration = {
  name: 'registration',
  options: registrationOptions,
  events: { UserRegistered, RegistrationRefused },
  emails: [alreadyRegisteredEmail],
  resolvers: [
    {
      type: RegistrationResolver,
      create: (services: RegistrationServices) => new RegistrationResolver(services.registration),
    },
  ],
  services: (core: Core<CoreConfig & RegistrationConfig>): RegistrationServices => ({
    registration: new RegistrationService({
      ...core,
      limit: core.rateLimits.of('register', core.config.rateLimits.register),
      registrationRepository: core.observed(new RegistrationRepository(core.em)),
    }),
  }),
} satisfies Feature;
