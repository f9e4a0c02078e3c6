import { GREETING, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const CALM =
  "<%= it.operator === null ? 'If it was you, you do not need to do anything.' : 'The support team made this change. If you asked for it, you do not need to do anything.' %>";
const ALARM =
  "<%= it.operator === null ? 'If it was not you, someone else has your password and access to your account: contact us immediately.' : 'If you did not ask for it, contact us immediately.' %>";
const subject = 'Your email address at <%= it.productName %> was changed';

export const emailChanged: EmailTemplate = {
  subject,
  text: `${GREETING}

The email address of your account was changed from this address to <%= it.newEmail %> on <%= it.at %>. From now on, sign in with the new address.

${CALM}

${ALARM}

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>The email address of your account was changed from this address to <%= it.newEmail %> on <%= it.at %>. From now on, sign in with the new address.</p>
<p>${CALM}</p>
<p><strong>${ALARM}</strong></p>`,
  ),
};
