import { escapeHtml, hashSource } from '../html.js';
import type { StoredMail } from './mail-folder.js';

export const MAIL_PATH = '/dev/mail';

/** Lets links open in a new tab, and nothing else: no scripts, forms or access to other pages of the service. */
const SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 1rem 1.5rem; color-scheme: light dark }
h1 { font-size: 1.25rem; margin: 0 }
h2 { font-size: 1.1rem; margin: .5rem 0 }
header p { margin: .25rem 0 0 }
nav ul { list-style: none; padding: 0; margin: 0 }
nav a { display: block; padding: .5rem .75rem; border-radius: .5rem; text-decoration: none; color: inherit }
nav a:hover, nav a[aria-current] { background: color-mix(in srgb, currentcolor 10%, transparent) }
nav small, dl { color: color-mix(in srgb, currentcolor 75%, transparent) }
nav strong, nav small { display: block; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .5rem 0 }
dd { margin: 0; overflow-wrap: anywhere }
iframe, pre { box-sizing: border-box; width: 100%; height: 24rem; margin: 0; border: 1px solid; border-radius: .5rem }
iframe { background: canvas }
pre { padding: 1rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.5 ui-monospace, monospace }
@media (min-width: 60rem) {
  body { display: grid; grid-template: auto 1fr / 20rem 1fr; gap: 1rem 2rem }
  header { grid-column: 1 / -1 }
  .parts { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem }
}
`;

/** Allows the page its own style and the frame with the HTML of the email. */
export const MAIL_PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${hashSource(STYLE)}`,
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** An email may contain anything, since users choose their names. It is sandboxed even if its address is opened directly. */
export const MAIL_FRAME_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  `sandbox ${SANDBOX}`,
].join('; ');

/** The page that shows an email next to the list of all emails. */
export function mailPage(mails: readonly StoredMail[], shown: StoredMail | undefined): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Emails</title>
<style>${STYLE}</style>
<header>
<h1>Emails</h1>
<p>In development, emails are written to the folder <code>mail</code> in <code>DATA_DIR</code> instead of being sent. Reload this page to see new ones.</p>
</header>
<nav aria-label="Emails"><ul>${mails.map((mail) => listItem(mail, shown)).join('\n')}</ul></nav>
<main>${shown ? mailParts(shown) : '<p>There are no emails yet.</p>'}</main>
</html>
`;
}

/** The HTML of an email, with links that open in a new tab. */
export function mailFrame({ html }: StoredMail): string {
  const base = '<base target="_blank">';
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => `${head}${base}`) : `${base}${html}`;
}

function listItem({ name, subject, to }: StoredMail, shown: StoredMail | undefined): string {
  const current = name === shown?.name ? ' aria-current="page"' : '';
  return `<li><a href="${addressOf(name)}"${current}><strong>${escapeHtml(subject)}</strong><small>${escapeHtml(to)}</small></a></li>`;
}

function mailParts({ name, sentAt, subject, text, to }: StoredMail): string {
  return `
<h2>${escapeHtml(subject)}</h2>
<dl><dt>To</dt><dd>${escapeHtml(to)}</dd><dt>Sent</dt><dd>${escapeHtml(sentAt)}</dd><dt>File</dt><dd>${escapeHtml(name)}</dd></dl>
<div class="parts">
<iframe sandbox="${SANDBOX}" src="${addressOf(name)}/html" title="The email as HTML"></iframe>
<pre aria-label="The email as text">${withLinks(text)}</pre>
</div>`;
}

function addressOf(name: string): string {
  return `${MAIL_PATH}/${encodeURIComponent(name)}`;
}

/** Makes the addresses in a text clickable. */
function withLinks(text: string): string {
  const link = (address: string): string => `<a href="${address}" target="_blank" rel="noopener">${address}</a>`;
  return escapeHtml(text).replace(/https?:\/\/[^\s&<>]+(?:&#38;[^\s&<>]+)*/g, link);
}
