import type { Core } from '../../core/composition/core.js';
import type { CoreConfig } from '../../core/composition/core.options.js';
import type { RateLimit } from '../../core/rate-limits/rate-limit.js';
import type { Feature } from '../../core/composition/feature.js';
import { LoginResolver } from './login.resolver.js';
import { LoginService } from './login.service.js';
import { OperatorResetRepository } from './operator-reset.repository.js';
import { OperatorResetResolver } from './operator-reset.resolver.js';
import { OperatorResetService } from './operator-reset.service.js';
import { PasswordChangeService } from './password-change.service.js';
import { passwordFeatureOptions, type PasswordFeatureConfig } from './password.options.js';
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
  /** Sends links that reset the password, for operators. */
  readonly operatorReset: OperatorResetService;
}

type PasswordCore = Core<CoreConfig & PasswordFeatureConfig>;

/** Sign-in with a password, password change, and password reset by email. */
export const password = {
  name: 'password',
  options: passwordFeatureOptions,
  events: { PasswordResetLinkRequested, PasswordResetRequested, PasswordReset, PasswordChanged },
  emails: [resetEmail, passwordChangedEmail],
  resolvers: [
    { type: LoginResolver, create: ({ login }: PasswordServices) => new LoginResolver(login) },
    {
      type: PasswordResolver,
      create: (services: PasswordServices) => new PasswordResolver(services.passwordReset, services.passwordChange),
    },
  ],
  managementResolvers: [
    {
      type: OperatorResetResolver,
      create: ({ operatorReset }: PasswordServices) => new OperatorResetResolver(operatorReset),
    },
  ],
  services: (core: PasswordCore): PasswordServices => {
    const limitOf = (operation: keyof PasswordFeatureConfig['rateLimits']): RateLimit =>
      core.rateLimits.of(operation, core.config.rateLimits[operation]);
    return {
      login: new LoginService({ ...core, limit: limitOf('login') }),
      passwordReset: new PasswordResetService({
        ...core,
        requestLimit: limitOf('forgotPassword'),
        resetLimit: limitOf('resetPassword'),
      }),
      passwordChange: new PasswordChangeService({ ...core, limit: limitOf('changePassword') }),
      operatorReset: new OperatorResetService({
        ...core,
        operatorResetRepository: new OperatorResetRepository(core.em),
      }),
    };
  },
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
