import type { CoreConfig } from '../../core/composition/core.options.js';
import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { VerificationLinkRequested } from '../../core/users/user.events.js';
import { verificationEmail } from './email-verification.emails.js';
import { EmailVerificationRequested } from './email-verification.events.js';
import { emailVerificationOptions, type EmailVerificationConfig } from './email-verification.options.js';
import { EmailVerificationResolver } from './email-verification.resolver.js';
import { EmailVerificationService } from './email-verification.service.js';
import { VerificationLinkService } from './verification-link.service.js';

export interface EmailVerificationServices {
  readonly emailVerification: EmailVerificationService;
}

export const emailVerification = {
  name: 'email-verification',
  options: emailVerificationOptions,
  events: { EmailVerificationRequested },
  emails: [verificationEmail],
  resolvers: [
    {
      type: EmailVerificationResolver,
      create: (services: EmailVerificationServices) => new EmailVerificationResolver(services.emailVerification),
    },
  ],
  services: (core: Core<CoreConfig & EmailVerificationConfig>): EmailVerificationServices => ({
    emailVerification: new EmailVerificationService({
      ...core,
      verifyLimit: core.rateLimits.of('verifyEmail', core.config.rateLimits.verifyEmail),
      requestLimit: core.rateLimits.of('resendVerification', core.config.rateLimits.resendVerification),
    }),
  }),
  listeners: (core: Core) => {
    const links = new VerificationLinkService(core);
    return [
      {
        event: VerificationLinkRequested,
        name: 'token',
        listen: (event: VerificationLinkRequested) => links.create(event),
      },
    ];
  },
} satisfies Feature;
