import type { Core } from '../../core/composition/core.js';
import type { CoreConfig } from '../../core/composition/core.options.js';
import { defineEmail } from '../../core/email/email-definition.js';
import { tokenLink } from '../../core/email/links.js';
import { EmailVerificationRequested } from './email-verification.events.js';
import type { EmailVerificationConfig } from './email-verification.options.js';
import { verifyEmail } from './verify-email.template.js';

export const verificationEmail = defineEmail({
  kind: 'verify-email',
  template: verifyEmail,
  sample: { link: 'https://example.com/', expiresAt: new Date(0) },
  limit: 'when-requested',
  sentOn: [EmailVerificationRequested],
  async compose({ userId, token, expiresAt }, { config, userRepository }: Core<CoreConfig & EmailVerificationConfig>) {
    const owner = await userRepository.findActiveById(userId);
    return owner && { owner, data: { link: tokenLink(config.mail.verifyEmailUrl, token), expiresAt } };
  },
});
