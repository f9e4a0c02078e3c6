import { GREETING, htmlLink, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'Choose a new password for <%= it.productName %>';

export const resetPassword: EmailTemplate = {
  subject,
  text: `${GREETING}

Someone, probably you, requested a new password. Choose one here:

<%= it.link %>

The link works once, until <%= it.expiresAt %>. Do not share it: anyone who has it can change your password.

If it was not you, you can ignore this email. Your password stays the same.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>Someone, probably you, requested a new password.</p>
${htmlLink('Choose a new password', 'link')}
<p>The link works once, until <%= it.expiresAt %>. Do not share it: anyone who has it can change your password.</p>
<p>If it was not you, you can ignore this email. Your password stays the same.</p>`,
  ),
};
