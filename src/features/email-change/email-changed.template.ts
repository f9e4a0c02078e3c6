import { GREETING, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'Your email address at <%= it.productName %> was changed';

export const emailChanged: EmailTemplate = {
  subject,
  text: `${GREETING}

Your account was moved from this email address to <%= it.newEmail %> on <%= it.at %>. From now on, sign in with the new address.

If it was you, there is nothing to do.

If it was not you, somebody else has your password and your account: contact us at once.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>Your account was moved from this email address to <%= it.newEmail %> on <%= it.at %>. From now on, sign in with the new address.</p>
<p>If it was you, there is nothing to do.</p>
<p><strong>If it was not you</strong>, somebody else has your password and your account: contact us at once.</p>`,
  ),
};
