import type { Core } from '../../core/composition/core.js';
import type { CoreConfig } from '../../core/composition/core.options.js';
import type { Feature } from '../../core/composition/feature.js';
import { LoginResolver } from './login.resolver.js';
import { LoginService } from './login.service.js';
import { PasswordChangeService } from './password-change.service.js';
import { passwordResetOptions, type PasswordResetConfig } from './password-reset.options.js';
import { PasswordResetService } from './password-reset.service.js';
import { passwordChangedEmail, resetEmail } from './password.emails.js';
import {
  PasswordChanged,
  PasswordReset,
  PasswordResetLinkRequested,
  PasswordResetRequested,
} from './password.events.js';
import { PasswordResolver } from './password.resolver.js';
import { ResetLinkService } from './reset-link.service.js';

export interface PasswordServices {
  readonly login: LoginService;
  readonly passwordReset: PasswordResetService;
  readonly passwordChange: PasswordChangeService;
}

type PasswordCore = Core<CoreConfig & PasswordResetConfig>;

/** Sign-in with a password, password change, and password reset by email. */
export const password = {
  name: 'password',
  options: passwordResetOptions,
  events: { PasswordResetLinkRequested, PasswordResetRequested, PasswordReset, PasswordChanged },
  emails: [resetEmail, passwordChangedEmail],
  resolvers: [
    { type: LoginResolver, create: ({ login }: PasswordServices) => new LoginResolver(login) },
    {
      type: PasswordResolver,
      create: (services: PasswordServices) => new PasswordResolver(services.passwordReset, services.passwordChange),
    },
  ],
  services: (core: PasswordCore): PasswordServices => ({
    login: new LoginService(core),
    passwordReset: new PasswordResetService(core),
    passwordChange: new PasswordChangeService(core),
  }),
  listeners: (core: PasswordCore) => {
    const links = new ResetLinkService(core);
    return [
      {
        event: PasswordResetLinkRequested,
        name: 'token',
        listen: (event: PasswordResetLinkRequested) => links.create(event),
      },
    ];
  },
} satisfies Feature;
