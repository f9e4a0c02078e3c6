import { GREETING, htmlLink, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const REASON =
  "<%= it.operator === null ? 'Someone, probably you, requested a new password.' : 'The support team requested a new password for your account.' %>";
const subject = 'Choose a new password for <%= it.productName %>';

export const resetPassword: EmailTemplate = {
  subject,
  text: `${GREETING}

${REASON} Choose one here:

<%= it.link %>

The link works once, until <%= it.expiresAt %>. Do not share it: anyone who has it can change your password.

If you did not ask for it, you can ignore this email. Your password stays the same.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>${REASON}</p>
${htmlLink('Choose a new password', 'link')}
<p>The link works once, until <%= it.expiresAt %>. Do not share it: anyone who has it can change your password.</p>
<p>If you did not ask for it, you can ignore this email. Your password stays the same.</p>`,
  ),
};
