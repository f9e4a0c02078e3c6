import { describe, expect, test } from '@jest/globals';
import { printableSettings } from '../../src/cli/settings-report.js';
import { resolveConfig } from '../../src/config/config.js';
import { readSettings } from '../../src/config/env.js';
import { parseSmtpUrl } from '../../src/core/email/smtp-url.js';
import { problemOfDatabaseUrl } from '../../src/platform/database/database-url.js';

const PASSWORDS = ['#Secret', '25#Secret', '25?Secret', '25?a=Secret', '25/Secret', '25/1#Secret', '25/1?Secret'];

/** Addresses whose password is not percent-encoded, so that its first part is read as the port. */
function addresses(scheme: string, path = ''): string[] {
  return PASSWORDS.map((password) => `${scheme}://apikey:${password}@server.example:587${path}`);
}

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was refused');
}

describe('a password that is not percent-encoded is refused, and not repeated', () => {
  test.each([...addresses('smtp'), ...addresses('smtps')])('in SMTP_URL: %s', (url) => {
    const refusal = refusalOf(() => parseSmtpUrl(url));
    expect(refusal).toMatch(/SMTP address .*%(23|3F)/);
    expect(refusal).not.toContain('Secret');
  });

  test.each([...addresses('redis'), ...addresses('rediss', '/0')])('in REDIS_URL: %s', (redisUrl) => {
    const database = { url: 'postgresql://localhost/auth' };
    const jwt = { secret: 'a secret of the tests that is long enough' };
    const refusal = refusalOf(() => resolveConfig({ jwt, database, environment: 'development', redisUrl }));
    expect(refusal).toMatch(/redisUrl must end with.*%2F, %3F and %23/);
    expect(refusal).not.toContain('Secret');
  });

  test.each(addresses('postgresql', '/auth'))('in DATABASE_URL: %s', (url) => {
    expect(problemOfDatabaseUrl(url)).toMatch(/names no database|write them as %2F, %3F and %23/);
  });
});

test.each([
  ...addresses('smtp').map((url) => ['SMTP_URL', url]),
  ...addresses('redis').map((url) => ['REDIS_URL', url]),
  ...addresses('postgresql', '/auth').map((url) => ['DATABASE_URL', url]),
  ...addresses('https', '/page').map((url) => ['MAIL_LOGIN_URL', url]),
  ['SMTP_URL', 'smtp://apikey:Secret@Secret\\Secret@server.example'],
] as [string, string][])('a password is not printed: %s=%s', (name, url) => {
  const { mail, ...settings } = readSettings({});
  const given = {
    ...{ ...settings, mail: name === 'MAIL_LOGIN_URL' ? { ...mail, loginUrl: url } : mail },
    ...(name === 'SMTP_URL' && { smtpUrl: url }),
    ...(name === 'REDIS_URL' && { redisUrl: url }),
    ...(name === 'DATABASE_URL' && { database: { ...settings.database, url } }),
  };
  const printed = printableSettings(given)[name];
  expect(printed).toMatch(/^\(set, \d+ bytes\)$|:\*\*\*@/);
  expect(printed).not.toContain('Secret');
});

test.each(['redis://server.example', 'rediss://:p%23ss@server.example:6379/', 'redis://default:pass@server.example/2'])(
  'REDIS_URL may be %s',
  (redisUrl) => {
    const database = { url: 'postgresql://localhost/auth' };
    const jwt = { secret: 'a secret of the tests that is long enough' };
    expect(resolveConfig({ jwt, database, environment: 'development', redisUrl })).toMatchObject({ redisUrl });
  },
);
