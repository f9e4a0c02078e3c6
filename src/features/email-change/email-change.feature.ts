import type { CoreConfig } from '../../core/composition/core.options.js';
import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { emailChangedEmail, emailChangeEmail, emailChangeNotice } from './email-change.emails.js';
import { EmailChanged, EmailChangeRequested } from './email-change.events.js';
import { emailChangeOptions, type EmailChangeConfig } from './email-change.options.js';
import { EmailChangeResolver } from './email-change.resolver.js';
import { EmailChangeService } from './email-change.service.js';
import { OperatorEmailChangeRepository } from './operator-email-change.repository.js';
import { OperatorEmailChangeResolver } from './operator-email-change.resolver.js';
import { OperatorEmailChangeService } from './operator-email-change.service.js';

export interface EmailChangeServices {
  readonly emailChange: EmailChangeService;
  /** Changes addresses of any user, for operators. */
  readonly operatorEmailChange: OperatorEmailChangeService;
}

export const emailChange = {
  name: 'email-change',
  options: emailChangeOptions,
  events: { EmailChangeRequested, EmailChanged },
  emails: [emailChangeEmail, emailChangeNotice, emailChangedEmail],
  resolvers: [
    {
      type: EmailChangeResolver,
      create: (services: EmailChangeServices) => new EmailChangeResolver(services.emailChange),
    },
  ],
  managementResolvers: [
    {
      type: OperatorEmailChangeResolver,
      create: (services: EmailChangeServices) => new OperatorEmailChangeResolver(services.operatorEmailChange),
    },
  ],
  services: (core: Core<CoreConfig & EmailChangeConfig>): EmailChangeServices => ({
    emailChange: new EmailChangeService({
      ...core,
      requestLimit: core.rateLimits.of('changeEmail', core.config.rateLimits.changeEmail),
      confirmLimit: core.rateLimits.of('confirmEmailChange', core.config.rateLimits.confirmEmailChange),
    }),
    operatorEmailChange: new OperatorEmailChangeService({
      ...core,
      operatorEmailChangeRepository: new OperatorEmailChangeRepository(core.em),
    }),
  }),
} satisfies Feature;
