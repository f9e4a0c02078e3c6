import type { Core } from '../../core/composition/core.js';
import type { CoreConfig } from '../../core/composition/core.options.js';
import { defineEmail } from '../../core/email/email-definition.js';
import { tokenLink } from '../../core/email/links.js';
import { InvitationRequested } from './invitation.events.js';
import { invitation } from './invitation.template.js';
import type { InvitationsConfig } from './invitations.options.js';

export const invitationEmail = defineEmail({
  kind: 'invitation',
  template: invitation,
  sample: { link: 'https://example.com/', expiresAt: new Date(0) },
  limit: 'when-requested',
  sentOn: [InvitationRequested],
  async compose({ userId, token, expiresAt }, { config, userRepository }: Core<CoreConfig & InvitationsConfig>) {
    const owner = await userRepository.findActiveById(userId);
    return owner && { owner, data: { link: tokenLink(config.mail.acceptInvitationUrl, token), expiresAt } };
  },
});
