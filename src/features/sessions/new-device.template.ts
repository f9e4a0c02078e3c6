import { GREETING, htmlPage, type EmailTemplate } from '../../core/email/email-template.js';

const subject = 'New sign-in to your account at <%= it.productName %>';
const DEVICE = `<%= it.deviceName ?? 'unknown' %>`;
const IP_ADDRESS = `<%= it.ipAddress ?? 'unknown' %>`;

export const newDevice: EmailTemplate = {
  subject,
  text: `${GREETING}

Someone signed in to your account from a new device:

Device: ${DEVICE}
IP address: ${IP_ADDRESS}
Time: <%= it.at %>

If it was you, you do not need to do anything.

If it was not you, change your password now. This signs the device out.

<%= it.productName %>
`,
  html: htmlPage(
    subject,
    `<p>Someone signed in to your account from a new device:</p>
<ul>
<li>Device: ${DEVICE}</li>
<li>IP address: ${IP_ADDRESS}</li>
<li>Time: <%= it.at %></li>
</ul>
<p>If it was you, you do not need to do anything.</p>
<p><strong>If it was not you</strong>, change your password now. This signs the device out.</p>`,
  ),
};
