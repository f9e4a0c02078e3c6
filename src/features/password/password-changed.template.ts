import { GREETING, htmlLink, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'Your password at <%= it.productName %> was changed';

export const passwordChanged: EmailTemplate = {
  subject,
  text: `${GREETING}

Your password was changed on <%= it.at %>.

If it was you, there is nothing to do.

If it was not you, choose a new password at once:

<%= it.resetLink %>

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>Your password was changed on <%= it.at %>.</p>
<p>If it was you, there is nothing to do.</p>
<p><strong>If it was not you</strong>, choose a new password at once.</p>
${htmlLink('Choose a new password', 'resetLink')}`,
  ),
};
