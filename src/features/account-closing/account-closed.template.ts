import { GREETING, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'Account closed: <%= it.productName %>';

export const accountClosed: EmailTemplate = {
  subject,
  text: `${GREETING}

Your account was closed on <%= it.at %>, and you were signed out everywhere.

We can restore it until <%= it.eraseAfter %>. After that, it is erased and cannot be recovered.

If you want to keep your account, contact us before then.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>Your account was closed on <%= it.at %>, and you were signed out everywhere.</p>
<p>We can restore it until <strong><%= it.eraseAfter %></strong>. After that, it is erased and cannot be recovered.</p>
<p>If you want to keep your account, contact us before then.</p>`,
  ),
};
