import type { Core } from '../../core/composition/core.js';
import type { CoreConfig } from '../../core/composition/core.options.js';
import { defineEmail } from '../../core/email/email-definition.js';
import { tokenLink } from '../../core/email/links.js';
import { operatorKind, SAMPLE_OPERATOR_KIND } from '../../core/email/operator-kind.js';
import type { User } from '../../core/users/user.js';
import { changeEmailConfirm } from './change-email-confirm.template.js';
import { changeEmailNotice } from './change-email-notice.template.js';
import { EmailChanged, EmailChangeRequested } from './email-change.events.js';
import type { EmailChangeConfig } from './email-change.options.js';
import { emailChanged } from './email-changed.template.js';

/** Sent to the new address, which it shows masked, because an attacker may have chosen its local part. */
export const emailChangeEmail = defineEmail({
  kind: 'change-email-confirm',
  template: changeEmailConfirm,
  sample: { newEmail: 'new@example.com', link: 'https://example.com/', expiresAt: new Date(0) },
  limit: 'when-requested',
  sentOn: [EmailChangeRequested],
  async compose(event, core: Core<CoreConfig & EmailChangeConfig>) {
    const { newEmail, token, expiresAt } = event;
    const owner = await changingUser(event, core);
    const link = tokenLink(core.config.mail.confirmEmailChangeUrl, token);
    return owner && { owner, to: newEmail, data: { newEmail, link, expiresAt } };
  },
});

/** Sent to the old address; shows the new one masked. */
export const emailChangeNotice = defineEmail({
  kind: 'change-email-notice',
  template: changeEmailNotice,
  sample: { newEmail: 'new@example.com' },
  limit: 'interval',
  sentOn: [EmailChangeRequested],
  listener: 'mail-notice',
  async compose(event, core: Core) {
    const owner = await changingUser(event, core);
    return owner && { owner, data: { newEmail: event.newEmail } };
  },
});

/**
 * Sent to the old address, whose owner would not notice the change otherwise; shows the new one masked. Also sent if the
 * account has been closed since: the email about that goes to the new address.
 */
export const emailChangedEmail = defineEmail({
  kind: 'email-changed',
  template: emailChanged,
  sample: { newEmail: 'new@example.com', at: new Date(0), operator: SAMPLE_OPERATOR_KIND },
  nullable: ['operator'],
  limit: 'hourly',
  sentOn: [EmailChanged],
  async compose({ actor, userId, email, previousEmail, occurredAt }, { userRepository }: Core) {
    const owner = await userRepository.findById(userId);
    const data = { newEmail: email, at: occurredAt, operator: operatorKind(actor) };
    return owner && { owner, to: previousEmail, data };
  },
});

/** Returns the user who requested the change, if the account still has its old address. */
async function changingUser(
  { userId, email }: EmailChangeRequested,
  { userRepository }: Core,
): Promise<User | undefined> {
  const user = await userRepository.findActiveById(userId);
  return user?.email === email ? user : undefined;
}
