import type { FastifyReply } from 'fastify';
import { firstOperations, type FirstOperation, type TrialConfig } from './first-operations.js';
import { escapeHtml, hashSource, HTML_TYPE } from './html.js';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
textarea, input, pre { font: 14px/1.4 ui-monospace, monospace; width: 100%; box-sizing: border-box; padding: .5rem }
textarea { height: 14rem }
button { font: inherit; margin: .5rem .5rem .5rem 0 }
pre { border: 1px solid; min-height: 6rem; overflow: auto; white-space: pre-wrap }
`;

const SCRIPT = `
const [operation, token, result] = ['operation', 'token', 'result'].map((id) => document.getElementById(id));
const notice = document.getElementById('origins');
if (notice) notice.hidden = notice.dataset.allowed.split(' ').includes(location.origin);
for (const button of document.querySelectorAll('button[data-operation]'))
  button.onclick = () => { operation.value = button.dataset.operation; };
document.getElementById('run').onclick = async () => {
  result.textContent = '…';
  try {
    const headers = { 'content-type': 'application/json' };
    if (token.value) headers.authorization = 'Bearer ' + token.value.trim();
    const body = JSON.stringify({ query: operation.value });
    const answer = await (await fetch('/graphql', { method: 'POST', headers, body })).json();
    result.textContent = JSON.stringify(answer, null, 2);
    const issued = /"accessToken":"([^"]+)"/.exec(JSON.stringify(answer));
    if (issued) token.value = issued[1];
  } catch (error) {
    result.textContent = String(error);
  }
};
`;

/** Allows the page to run its own script and to call this service, and nothing else. */
const POLICY = [
  "default-src 'none'",
  `style-src ${hashSource(STYLE)}`,
  `script-src ${hashSource(SCRIPT)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sends the page at `/graphql` in development. It loads nothing from other sites. */
export function sendLandingPage(reply: FastifyReply, config: TrialConfig): FastifyReply {
  return reply.type(HTML_TYPE).header('content-security-policy', POLICY).send(landingPage(config));
}

function landingPage(config: TrialConfig): string {
  const operations = firstOperations(config);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>auth-subgraph</title>
<style>${STYLE}</style>
<h1>auth-subgraph</h1>
<p>This is the GraphQL endpoint of the auth subgraph. Clients send operations with POST, as JSON. Try one:</p>
${originNotice(config)}${operations.map(button).join('\n')}
<label>Operation<textarea id="operation" spellcheck="false">${escapeHtml(operations[0]?.operation ?? '')}</textarea></label>
<label>Access token<input id="token" autocomplete="off"></label>
<button id="run">Run</button>
<pre id="result"></pre>
<script>${SCRIPT}</script>
</html>
`;
}

function button({ title, operation }: FirstOperation): string {
  return `<button data-operation="${escapeHtml(operation)}">${title}</button>`;
}

/** In cookie mode, the browser sends this page's origin, which the service rejects unless it is allowed. */
function originNotice({ refreshCookie }: TrialConfig): string {
  if (!refreshCookie.enabled) return '';
  const allowed = escapeHtml(refreshCookie.allowedOrigins.join(' '));
  return `<p id="origins" data-allowed="${allowed}"><strong>Cookie mode is on, so this page cannot sign in.</strong>
Add its origin to REFRESH_COOKIE_ALLOWED_ORIGINS while you develop, or use the commands that the terminal shows.</p>
`;
}
