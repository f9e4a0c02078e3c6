import type { Core } from '../../core/composition/core.js';
import { defineEmail } from '../../core/email/email-definition.js';
import { pageLink, tokenLink } from '../../core/email/links.js';
import { operatorKind, SAMPLE_OPERATOR_KIND } from '../../core/email/operator-kind.js';
import { passwordChanged } from './password-changed.template.js';
import { PasswordChanged, PasswordReset, PasswordResetRequested } from './password.events.js';
import { resetPassword } from './reset-password.template.js';

export const resetEmail = defineEmail({
  kind: 'reset-password',
  template: resetPassword,
  sample: { link: 'https://example.com/', expiresAt: new Date(0), operator: SAMPLE_OPERATOR_KIND },
  nullable: ['operator'],
  limit: 'when-requested',
  sentOn: [PasswordResetRequested],
  async compose({ actor, userId, token, expiresAt }, { config, userRepository }: Core) {
    const owner = await userRepository.findActiveById(userId);
    const link = tokenLink(config.mail.resetPasswordUrl, token);
    return owner && { owner, data: { link, expiresAt, operator: operatorKind(actor) } };
  },
});

export const passwordChangedEmail = defineEmail({
  kind: 'password-changed',
  template: passwordChanged,
  sample: { at: new Date(0), resetLink: 'https://example.com/' },
  limit: 'hourly',
  sentOn: [PasswordChanged, PasswordReset],
  async compose({ userId, occurredAt }, { config, userRepository }: Core) {
    const owner = await userRepository.findActiveById(userId);
    return owner && { owner, data: { at: occurredAt, resetLink: pageLink(config.mail.resetPasswordUrl) } };
  },
});
