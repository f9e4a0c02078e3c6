import type { Core } from '../../core/composition/core.js';
import type { CoreConfig } from '../../core/composition/core.options.js';
import type { Feature } from '../../core/composition/feature.js';
import { rulesOf } from '../../core/credentials/password-policy.js';
import { SettingsResolver } from './settings.resolver.js';
import type { AuthSettings } from './settings.type.js';

type SettingsCore = Core<CoreConfig & { readonly registration: { readonly enabled?: boolean } }>;

export interface SettingsServices {
  readonly settings: AuthSettings;
}

/** What a form needs to know before the user is signed in. */
export const settings = {
  name: 'settings',
  resolvers: [
    { type: SettingsResolver, create: (services: SettingsServices) => new SettingsResolver(services.settings) },
  ],
  services: ({ config: { password, registration } }: SettingsCore): SettingsServices => ({
    settings: {
      registrationEnabled: registration.enabled ?? false,
      emailVerificationRequired: registration.requireEmailVerification,
      passwordMinLength: password.minLength,
      passwordRules: rulesOf(password, password.breachedPasswordsUrl !== undefined),
    },
  }),
} satisfies Feature;
