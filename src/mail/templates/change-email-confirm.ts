import { GREETING, htmlLink, htmlPage, type MailTemplate } from './mail-template.js';

const subject = 'Confirm your new email address for <%= it.productName %>';

export const changeEmailConfirm: MailTemplate = {
  subject,
  text: `${GREETING}

You asked to use <%= it.newEmail %> for your account. Please confirm that it is yours:

<%= it.link %>

The link works once, until <%= it.expiresAt %>. Until then your account keeps its present address.

If it was not you, you can ignore this mail. Nothing changes.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>You asked to use <%= it.newEmail %> for your account. Please confirm that it is yours.</p>
${htmlLink('Confirm my new email address', 'link')}
<p>The link works once, until <%= it.expiresAt %>. Until then your account keeps its present address.</p>
<p>If it was not you, you can ignore this mail. Nothing changes.</p>`,
  ),
};
