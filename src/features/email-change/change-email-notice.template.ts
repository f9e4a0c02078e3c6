import { GREETING, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'Your email address at <%= it.productName %> is about to change';

export const changeEmailNotice: EmailTemplate = {
  subject,
  text: `${GREETING}

Somebody, probably you, asked to replace this email address with <%= it.newEmail %>. It changes as soon as that address is confirmed.

If it was you, there is nothing to do here.

If it was not you, somebody else is signed in to your account: change your password now, which signs them out.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>Somebody, probably you, asked to replace this email address with <%= it.newEmail %>. It changes as soon as that address is confirmed.</p>
<p>If it was you, there is nothing to do here.</p>
<p><strong>If it was not you</strong>, somebody else is signed in to your account: change your password now, which signs them out.</p>`,
  ),
};
