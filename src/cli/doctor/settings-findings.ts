import { variableOf } from '../../config/env.js';
import type { ServiceSettings } from '../../config/service-settings.js';
import { linksIn } from '../../core/email/links.js';
import { systemClock } from '../../platform/clock.js';
import type { AuthSubgraph } from '../../subgraph.js';
import { failure, ok, warning, type Finding } from './finding.js';

const SLOW_HASH_SECONDS = 0.5;
const OLD_KEY_DAYS = 365;
/** Such as libraries, and connections to the database. */
const OTHER_FILES = 100;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What Node.js reports about a process, as far as it is used here. Windows has no limits. */
interface Report {
  excludeNetwork: boolean;
  getReport(): { readonly userLimits?: { readonly open_files?: { readonly hard: number | 'unlimited' } } };
}

/** Checks the settings and what they refer to, outside of the database. */
export async function settingsFindings(auth: AuthSubgraph, settings: ServiceSettings): Promise<Finding[]> {
  return [
    ok('Node.js', process.versions.node),
    filesFinding(settings),
    await keysFinding(settings),
    routerFinding(settings),
    await mailFinding(settings),
    await rateLimitsFinding(settings),
    await breachedPasswordsFinding(settings),
    linksFinding(settings),
    cookiesFinding(settings),
    await hashFinding(auth, settings),
  ];
}

/** Every connection is an open file. Beyond this limit they are closed without a trace. */
function filesFinding({ admin, maxConnections }: ServiceSettings): Finding {
  const check = 'open files';
  const connections = maxConnections * (admin.schema === 'separate' ? 2 : 1);
  const { report } = process as unknown as { readonly report: Report };
  // It would look up the names of the addresses of connections.
  report.excludeNetwork = true;
  const { userLimits } = report.getReport();
  const { hard } = userLimits?.open_files ?? {};
  if (typeof hard !== 'number') return ok(check, 'Their number is not limited.');
  const detail = `A process may open ${String(hard)} files, and has up to ${String(connections)} connections of clients.`;
  if (hard >= connections + OTHER_FILES) return ok(check, detail);
  return warning(check, `${detail} Raise the limit (\`ulimit -n\`), or lower MAX_CONNECTIONS.`);
}

async function keysFinding({ jwt, environment }: ServiceSettings): Promise<Finding> {
  const check = 'keys';
  if (jwt.keysFile !== undefined) return ringFinding(jwt.keysFile);
  if (jwt.keys !== undefined) return ok(check, 'JWT_KEYS signs access tokens.');
  const detail = 'A shared secret signs access tokens.';
  if (environment !== 'production') return ok(check, detail);
  return warning(check, `${detail} Other subgraphs could issue tokens with it. Use \`auth-subgraph keys generate\`.`);
}

async function ringFinding(file: string): Promise<Finding> {
  const { readRing } = await import('../keys/key-ring-file.js');
  const { KeyRotationError } = await import('../keys/key-rotation-policy.js');
  const ring = await readRing(file).catch((error: unknown) => {
    if (error instanceof KeyRotationError) return undefined;
    throw error;
  });
  // The service has started with them, so they are keys.
  if (!ring) return ok('keys', `The keys of ${file} sign access tokens. Rotate them yourself: their age is unknown.`);
  const [signing, ...others] = ring;
  if (!signing) return failure('keys', `${file} contains no keys. Run \`auth-subgraph keys generate\`.`);
  const days = Math.floor((systemClock.now().getTime() - signing.published_at * 1000) / DAY_MS);
  const detail = `Age of the signing key in days: ${String(days)}. Other keys: ${String(others.length)}.`;
  if (days <= OLD_KEY_DAYS) return ok('keys', detail);
  return warning('keys', `${detail} Rotate it: \`auth-subgraph keys generate\`, later \`keys rotate\`.`);
}

function routerFinding({ router, environment }: ServiceSettings): Finding {
  if (router.secret !== undefined) return ok('gateway', 'Requests must carry the secret of the gateway.');
  const detail = 'Requests are accepted without the secret of the gateway.';
  if (environment !== 'production') return ok('gateway', detail);
  return warning('gateway', `${detail} Make sure that only the gateway can connect, or set ROUTER_SECRET.`);
}

async function mailFinding({ smtpUrl, mail }: ServiceSettings): Promise<Finding> {
  const check = 'email';
  if (smtpUrl === undefined) return ok(check, 'Emails are written to files.');
  const { verifySmtp } = await import('../../core/email/smtp.js');
  const problem = await verifySmtp({ url: smtpUrl, from: mail.from });
  if (problem === undefined) return ok(check, 'The mail server accepts the connection.');
  return failure(check, `The mail server cannot be used (${problem}). Check SMTP_URL.`);
}

async function rateLimitsFinding({ rateLimits, redisUrl }: ServiceSettings): Promise<Finding> {
  const check = 'rate limits';
  if (!rateLimits.enabled) return ok(check, 'Calls are not limited.');
  if (redisUrl === undefined) return ok(check, 'PostgreSQL counts the calls.');
  const { verifyRedis } = await import('../../core/rate-limits/verify-redis.js');
  const problem = await verifyRedis(redisUrl);
  if (problem === undefined) return ok(check, 'Redis is reachable and counts the calls.');
  const detail = `Redis cannot be used (${problem}), so each process counts its own calls.`;
  return failure(check, `${detail} Check REDIS_URL, and the state of the Redis server.`);
}

async function breachedPasswordsFinding({ password }: ServiceSettings): Promise<Finding> {
  const check = 'breached passwords';
  if (password.breachedPasswordsUrl === undefined) return ok(check, 'New passwords are not checked against breaches.');
  const { verifyBreachedPasswords } = await import('../../core/credentials/breached-passwords.js');
  const problem = await verifyBreachedPasswords(password.breachedPasswordsUrl);
  if (problem === undefined) return ok(check, 'New passwords are checked against breaches.');
  const detail = `They cannot be looked up (${problem}), so new passwords are accepted without this check.`;
  return failure(check, `${detail} Check PASSWORD_BREACHED_PASSWORDS_URL.`);
}

function linksFinding({ mail, environment }: ServiceSettings): Finding {
  const links = linksIn(mail).filter(([, page]) => !page.startsWith('https:'));
  const local = links.map(([option]) => variableOf(option));
  if (local.length === 0) return ok('links', 'Emails link to https pages.');
  const detail = `Links that are not https: ${local.join(', ')}.`;
  return environment === 'production'
    ? failure('links', `${detail} Set the addresses of your pages.`)
    : ok('links', detail);
}

function cookiesFinding({ refreshCookie }: ServiceSettings): Finding {
  if (!refreshCookie.enabled) return ok('cookies', 'Refresh tokens are not kept in cookies.');
  const origins = refreshCookie.allowedOrigins ?? '';
  const detail = `Pages of these origins may use the cookie: ${origins}.`;
  if (!/http:\/\/(?!localhost|127\.)/.test(origins)) return ok('cookies', detail);
  return warning('cookies', `${detail} Browsers send it only over https.`);
}

async function hashFinding(auth: AuthSubgraph, { password }: ServiceSettings): Promise<Finding> {
  const seconds = await auth.services.diagnosis.measureHash();
  const detail = `A password hash of cost ${String(password.saltRounds)} takes ${String(Math.round(seconds * 1000))} ms.`;
  if (seconds <= SLOW_HASH_SECONDS) return ok('password cost', detail);
  return warning('password cost', `${detail} Lower PASSWORD_SALT_ROUNDS, or use faster processors.`);
}
