import { GREETING, htmlLink, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'Your account at <%= it.productName %> is locked for now';

export const accountLocked: EmailTemplate = {
  subject,
  text: `${GREETING}

There were too many attempts to sign in to your account with a wrong password, so we have locked it until <%= it.unlockAt %>. After that you can sign in as usual.

If you have forgotten your password, choose a new one here:

<%= it.resetLink %>

If it was not you, your password has kept them out. You need do nothing.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>There were too many attempts to sign in to your account with a wrong password, so we have locked it until <%= it.unlockAt %>. After that you can sign in as usual.</p>
<p>If you have forgotten your password, choose a new one.</p>
${htmlLink('Choose a new password', 'resetLink')}
<p>If it was not you, your password has kept them out. You need do nothing.</p>`,
  ),
};
