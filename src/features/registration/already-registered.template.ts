import { GREETING, htmlLink, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'You already have an account at <%= it.productName %>';

export const alreadyRegistered: EmailTemplate = {
  subject,
  text: `${GREETING}

Someone, probably you, signed up with this email address, but it already has an account. Sign in here:

<%= it.loginLink %>

If you have forgotten your password, choose a new one here:

<%= it.resetLink %>

If it was not you, you can ignore this email.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>Someone, probably you, signed up with this email address, but it already has an account.</p>
${htmlLink('Sign in', 'loginLink')}
<p>If you have forgotten your password, choose a new one.</p>
${htmlLink('Choose a new password', 'resetLink')}
<p>If it was not you, you can ignore this email.</p>`,
  ),
};
