import { GREETING, htmlLink, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'You are invited to <%= it.productName %>';

export const invitation: EmailTemplate = {
  subject,
  text: `${GREETING}

An account was created for you at <%= it.productName %>. Choose a password to use it:

<%= it.link %>

The link works once, until <%= it.expiresAt %>.

If you do not expect this invitation, you can ignore this email.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>An account was created for you at <%= it.productName %>. Choose a password to use it.</p>
${htmlLink('Choose a password', 'link')}
<p>The link works once, until <%= it.expiresAt %>.</p>
<p>If you do not expect this invitation, you can ignore this email.</p>`,
  ),
};
