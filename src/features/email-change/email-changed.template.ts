import { GREETING, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'Your email address at <%= it.productName %> was changed';

export const emailChanged: EmailTemplate = {
  subject,
  text: `${GREETING}

The email address of your account was changed from this address to <%= it.newEmail %> on <%= it.at %>. From now on, sign in with the new address.

If it was you, you do not need to do anything.

If it was not you, someone else has your password and access to your account: contact us immediately.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>The email address of your account was changed from this address to <%= it.newEmail %> on <%= it.at %>. From now on, sign in with the new address.</p>
<p>If it was you, you do not need to do anything.</p>
<p><strong>If it was not you</strong>, someone else has your password and access to your account: contact us immediately.</p>`,
  ),
};
