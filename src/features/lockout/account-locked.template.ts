import { GREETING, htmlLink, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'Your account at <%= it.productName %> is locked for now';

export const accountLocked: EmailTemplate = {
  subject,
  text: `${GREETING}

There were too many attempts to sign in to your account with a wrong password, so it is locked until <%= it.unlockAt %>. After that, you can sign in as usual.

If you have forgotten your password, choose a new one here:

<%= it.resetLink %>

If it was not you, nobody has guessed your password. You do not need to do anything.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>There were too many attempts to sign in to your account with a wrong password, so it is locked until <%= it.unlockAt %>. After that, you can sign in as usual.</p>
<p>If you have forgotten your password, choose a new one.</p>
${htmlLink('Choose a new password', 'resetLink')}
<p>If it was not you, nobody has guessed your password. You do not need to do anything.</p>`,
  ),
};
