import { AccountLocked } from '../../core/attempts/attempt.events.js';
import type { Core } from '../../core/composition/core.js';
import { defineEmail } from '../../core/email/email-definition.js';
import { pageLink } from '../../core/email/links.js';
import { accountLocked } from './account-locked.template.js';

export const accountLockedEmail = defineEmail({
  kind: 'account-locked',
  template: accountLocked,
  sample: { unlockAt: new Date(0), resetLink: 'https://example.com/' },
  limit: 'hourly',
  sentOn: [AccountLocked],
  async compose({ userId }, { clock, config, loginAttemptRepository, userRepository }: Core) {
    const owner = await userRepository.findActiveById(userId);
    const unlockAt = owner && (await loginAttemptRepository.findLockedUntil(owner.email, clock.now()));
    return unlockAt && { owner, data: { unlockAt, resetLink: pageLink(config.mail.resetPasswordUrl) } };
  },
});
