import { GREETING, htmlLink, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'Your password at <%= it.productName %> was changed';

export const passwordChanged: EmailTemplate = {
  subject,
  text: `${GREETING}

Your password was changed on <%= it.at %>.

If it was you, you do not need to do anything.

If it was not you, choose a new password immediately:

<%= it.resetLink %>

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>Your password was changed on <%= it.at %>.</p>
<p>If it was you, you do not need to do anything.</p>
<p><strong>If it was not you</strong>, choose a new password immediately.</p>
${htmlLink('Choose a new password', 'resetLink')}`,
  ),
};
