import type { Core } from '../../core/composition/core.js';
import { defineEmail } from '../../core/email/email-definition.js';
import { accountClosed } from './account-closed.template.js';
import { AccountClosed } from './account-closing.events.js';
import { AccountClosingRepository } from './account-closing.repository.js';

export const accountClosedEmail = defineEmail({
  kind: 'account-closed',
  template: accountClosed,
  sample: { at: new Date(0), eraseAfter: new Date(0) },
  limit: 'hourly',
  sentOn: [AccountClosed],
  async compose({ userId }, { em, observed }: Core) {
    const closed = await observed(new AccountClosingRepository(em)).findClosed(userId);
    return closed && { owner: closed.user, data: { at: closed.closedAt, eraseAfter: closed.eraseAfter } };
  },
});
