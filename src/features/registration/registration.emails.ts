import type { Core } from '../../core/composition/core.js';
import { defineEmail } from '../../core/email/email-definition.js';
import { pageLink } from '../../core/email/links.js';
import { alreadyRegistered } from './already-registered.template.js';
import { RegistrationRefused } from './registration.events.js';

/** Tells the owner of a verified address that someone tried to register it. */
export const alreadyRegisteredEmail = defineEmail({
  kind: 'already-registered',
  template: alreadyRegistered,
  sample: { loginLink: 'https://example.com/', resetLink: 'https://example.com/' },
  limit: 'when-requested',
  sentOn: [RegistrationRefused],
  async compose({ email }, { config: { mail }, userRepository }: Core) {
    const owner = await userRepository.findActiveByEmail(email);
    return owner && { owner, data: { loginLink: pageLink(mail.loginUrl), resetLink: pageLink(mail.resetPasswordUrl) } };
  },
});
