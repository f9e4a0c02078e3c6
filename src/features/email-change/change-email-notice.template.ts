import { GREETING, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'Your email address at <%= it.productName %> is about to change';

export const changeEmailNotice: EmailTemplate = {
  subject,
  text: `${GREETING}

Someone, probably you, asked to replace this email address with <%= it.newEmail %>. It changes as soon as that address is confirmed.

If it was you, you do not need to do anything.

If it was not you, someone else is signed in to your account: change your password now, which signs them out.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>Someone, probably you, asked to replace this email address with <%= it.newEmail %>. It changes as soon as that address is confirmed.</p>
<p>If it was you, you do not need to do anything.</p>
<p><strong>If it was not you</strong>, someone else is signed in to your account: change your password now, which signs them out.</p>`,
  ),
};
