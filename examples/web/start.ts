import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { runPrograms, stopLater } from '../supergraph/program.js';
import { startSupergraph } from '../supergraph/supergraph.js';

const gatewayFolder = fileURLToPath(new URL('.data', import.meta.url));
const folder = process.env['DATA_DIR'] ?? gatewayFolder;
const port = process.env['GATEWAY_PORT'] ?? '4000';
const webPort = process.env['PORT'] ?? '3000';
const origin = `http://localhost:${webPort}`;

/** The refresh token is in a cookie that only this page may use, and emails link to this page, with tokens that no server sees. */
const settings = {
  REFRESH_COOKIE_ENABLED: 'true',
  REFRESH_COOKIE_ALLOWED_ORIGINS: origin,
  MAIL_LOGIN_URL: `${origin}/login`,
  MAIL_VERIFY_EMAIL_URL: `${origin}/verify-email#token=`,
  MAIL_RESET_PASSWORD_URL: `${origin}/reset-password#token=`,
  MAIL_CONFIRM_EMAIL_CHANGE_URL: `${origin}/confirm-email-change#token=`,
};

await runPrograms(async () => {
  const { url, ended } = await startSupergraph({ folder, gatewayFolder, port, settings });
  process.env['GATEWAY_URL'] = new URL(url).origin;
  const root = fileURLToPath(new URL('.', import.meta.url));
  const web = await createServer({ root, logLevel: 'warn', server: { host: 'localhost', port: Number(webPort) } });
  stopLater(() => web.close());
  await web.listen();
  console.log(`\nOpen ${origin} in a browser. The supergraph is on ${url}, the data in ${folder}.`);
  console.log('Emails with their links are printed here. Ctrl-C stops everything.\n');
  await ended;
});
