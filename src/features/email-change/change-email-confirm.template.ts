import { GREETING, htmlLink, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'Confirm your new email address for <%= it.productName %>';

export const changeEmailConfirm: EmailTemplate = {
  subject,
  text: `${GREETING}

Someone, probably you, asked to use this email address for an account. Please confirm that it is yours:

<%= it.link %>

The link works once, until <%= it.expiresAt %>. Until it is used, the account keeps its current address.

If it was not you, you can ignore this email. Nothing changes.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>Someone, probably you, asked to use this email address for an account. Please confirm that it is yours.</p>
${htmlLink('Confirm my new email address', 'link')}
<p>The link works once, until <%= it.expiresAt %>. Until it is used, the account keeps its current address.</p>
<p>If it was not you, you can ignore this email. Nothing changes.</p>`,
  ),
};
