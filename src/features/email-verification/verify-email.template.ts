import { GREETING, htmlLink, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'Confirm your email address for <%= it.productName %>';

export const verifyEmail: EmailTemplate = {
  subject,
  text: `${GREETING}

Please confirm that this is your email address:

<%= it.link %>

The link works once, until <%= it.expiresAt %>.

If you did not sign up for <%= it.productName %>, ignore this email and do not open the link: someone else chose the password.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>Please confirm that this is your email address.</p>
${htmlLink('Confirm my email address', 'link')}
<p>The link works once, until <%= it.expiresAt %>.</p>
<p>If you did not sign up for <%= it.productName %>, ignore this email and do not open the link: someone else chose the password.</p>`,
  ),
};
