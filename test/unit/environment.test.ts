import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { environmentVariables, readEnvironment, readSettings } from '../../src/config/env.js';
import { ConfigError } from '../../src/platform/options/config-error.js';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-environment-'));
  file = join(folder, '.env');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function variablesOf(content: string | Buffer, environment = {}): Promise<Record<string, string | undefined>> {
  await writeFile(file, content);
  return readEnvironment(file, environment).variables;
}

function utf16(text: string, { bigEndian = false } = {}): Buffer {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

describe('a .env file', () => {
  const text = 'HOST=0.0.0.0\nPORT=5001\n';
  test.each<[string, string | Buffer]>([
    ['plain', text],
    ['with a byte order mark', `\ufeff${text}`],
    ['with the line ends of Windows', `\ufeff${text.replaceAll('\n', '\r\n')}`],
    ['in UTF-16', utf16(text)],
    ['in big-endian UTF-16', utf16(text, { bigEndian: true })],
    ['for a shell', '# settings\n\nexport HOST=0.0.0.0\n  export PORT = 5001 # the port'],
    ['with quotes', `HOST="0.0.0.0"\nPORT='5001'`],
  ])('is read %s', async (_name, content) => {
    expect(await variablesOf(content)).toEqual({ HOST: '0.0.0.0', PORT: '5001' });
  });

  test('may contain multi-line values', async () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----';
    expect(await variablesOf(`JWT_KEYS="${pem}"\nPORT=1`)).toEqual({ JWT_KEYS: pem, PORT: '1' });
  });

  test('may contain multi-line values that end like an assignment', async () => {
    const key = '-----BEGIN KEY-----\nABCD\nEFGH=\n-----END KEY-----';
    expect(await variablesOf(`JWT_KEYS='${key}'\n\nPORT="1" # the port`)).toMatchObject({
      JWT_KEYS: key,
      PORT: '1',
    });
  });

  test.each([
    ['PORT 5001', 'line 2 in', 'sets nothing; write NAME=value'],
    ['PORT', 'line 2 in', 'sets nothing; write NAME=value'],
    ['export PORT', 'line 2 in', 'sets nothing; write NAME=value'],
    ['# a port\n[port]', 'line 3 in', 'sets nothing; write NAME=value'],
    ["KEY='a\nb'\nPORT 5001", 'line 4 in', 'sets nothing; write NAME=value'],
    ['SECRET="abc\nPORT=5001\nNAME="x"', 'SECRET in', 'contains the line of PORT; close the quote'],
    ["SECRET='abc\n\n export PORT = 5001\nNAME='x'", 'SECRET in', 'contains the line of PORT; close the quote'],
    ['SECRET="abc\nURL="postgres://a/b?c=d"', 'SECRET in', 'contains the line of URL; close the quote'],
    ['SECRET="abc\n\n export NAME = "Acme <a@b>"', 'SECRET in', 'contains the line of NAME; close the quote'],
    ['SECRET="abc\r\nA=\r\nNAME=""', 'SECRET in', 'contains the line of NAME; close the quote'],
    ["SECRET='abc\n# it's", 'SECRET in', 'has text after its closing quote; remove it, or use another kind of quote'],
    ["NAME='Bob's shop'", 'NAME in', 'has text after its closing quote; remove it, or use another kind of quote'],
    [
      String.raw`NAME="say \"hi\""`,
      'NAME in',
      'has text after its closing quote; remove it, or use another kind of quote',
    ],
  ])('in which %j sets nothing, is part of another value or is cut off is rejected', async (lines, where, problem) => {
    await expect(variablesOf(`HOST=0.0.0.0\n${lines}\n`)).rejects.toThrow(`${where} ${file} ${problem}`);
  });

  test('is overridden by the environment of the process', async () => {
    await writeFile(file, text);
    const { variables, fromFile } = readEnvironment(file, { PORT: '80' });
    expect(variables).toMatchObject({ HOST: '0.0.0.0', PORT: '80' });
    expect([...fromFile]).toEqual(['HOST']);
  });

  test('is not overridden by empty variables of the process', async () => {
    await writeFile(file, text);
    const { variables, fromFile } = readEnvironment(file, { PORT: '', HOST: ' ' });
    expect(variables).toEqual({ HOST: '0.0.0.0', PORT: '5001' });
    expect([...fromFile]).toEqual(['HOST', 'PORT']);
  });

  test.each([
    ['MAIL_VERIFY_EMAIL_URL=https://app.example/verify#token=', /MAIL_VERIFY_EMAIL_URL in .* contains a #/],
    ['export JWT_SECRET = abc#def', /JWT_SECRET in .* contains a #/],
    ['PORT: 5000', /PORT in .* followed by a colon; write PORT=value/],
  ])('with %s is rejected, which would be read as something else', async (line, problem) => {
    await writeFile(file, `HOST=0.0.0.0\n${line}\n`);
    expect(() => readEnvironment(file, {})).toThrow(problem);
  });

  test.each([
    ['HOST="a#b" # c', 'a#b'],
    ["HOST='a#b'", 'a#b'],
    ['HOST=a # b', 'a'],
    ['HOST=a: b', 'a: b'],
  ])('may contain %s', async (line, value) => {
    expect(await variablesOf(line)).toEqual({ HOST: value });
  });

  test('is optional', () => {
    expect(readEnvironment(join(folder, 'none'), { PORT: '80' }).variables).toEqual({ PORT: '80' });
  });

  test.each([Buffer.from(text, 'utf16le'), Buffer.from([0x50, 0x3d, 0xe4, 0x0a])])(
    'in an unknown encoding is rejected',
    async (content) => {
      await expect(variablesOf(content)).rejects.toThrow(/\.env is not UTF-8 text; save it as UTF-8/);
    },
  );
});

const MISTYPED: [string, string][] = [
  ['PASSWORD_MIN_LENGHT', 'PASSWORD_MIN_LENGTH'],
  ['PASSWORD_MINLENGTH', 'PASSWORD_MIN_LENGTH'],
  ['JWT_SECERT', 'JWT_SECRET'],
  ['JWT_PRIVATE_KEY', 'JWT_KEYS_FILE'],
  ['DATABSE_URL', 'DATABASE_URL'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['SMTP_URI', 'SMTP_URL'],
  ['PROT', 'PORT'],
  ['port', 'PORT'],
  ['ROUTER_SECRETS', 'ROUTER_SECRET'],
  ['LOCKOUT_MAXATTEMPTS', 'LOCKOUT_MAX_ATTEMPTS'],
  ['DRAIN_SECOND', 'DRAIN_SECONDS'],
];

describe('a variable that looks like a misspelled setting', () => {
  test.each(MISTYPED)('is rejected in .env: %s', async (name, nearest) => {
    const secret = 'a-value-that-is-nobodys-business';
    const problem = await variablesOf(`${name}=${secret}`).catch((error: unknown) => error as Error);
    expect(problem).toBeInstanceOf(ConfigError);
    expect((problem as Error).message).toContain(name);
    if (name !== 'JWT_PRIVATE_KEY') expect((problem as Error).message).toContain(`did you mean ${nearest}?`);
    expect((problem as Error).message).not.toContain(secret);
  });

  test.each(MISTYPED)('is a suspect in the environment of the process: %s', (name) => {
    const { suspects } = readEnvironment(join(folder, 'none'), { [name]: '1' });
    expect(suspects.map((suspect) => suspect.name)).toEqual([name]);
  });

  const sections = new Set(environmentVariables.filter(({ path }) => path.length > 1).map(({ path }) => path[0] ?? ''));
  test.each([...sections])('is a suspect if it starts like the settings of %s', (section) => {
    const name = `${section.replace(/[A-Z]/g, '_$&').toUpperCase()}_SOMETHING_ELSE`;
    const { suspects } = readEnvironment(join(folder, 'none'), { [name]: '1' });
    expect(suspects.map((suspect) => suspect.name)).toEqual([name]);
  });

  test('is not one that the system, a shell, Node.js or Kubernetes sets', () => {
    const names = `PATH HOME PWD USER LOGNAME SHELL TERM LANG MAIL HOSTNAME EDITOR SHLVL NODE_OPTIONS NODE_PATH
      NODE_EXTRA_CA_CERTS NODE_VERSION SESSION_MANAGER XDG_DATA_DIRS DBUS_SESSION_BUS_ADDRESS npm_config_user_agent
      DATABASE_SERVICE_HOST DATABASE_SERVICE_PORT DATABASE_PORT DATABASE_PORT_5432_TCP_ADDR ROUTER_SERVICE_PORT_HTTP
      TZ CI AUTH_SECRET AUTH_URL EMAIL_HOST LOG_FORMAT DATA_FOLDER HOST_IP PGHOST PGPASSWORD POSTGRES_PASSWORD COMPOSE_PROJECT_NAME`.split(
      /\s+/,
    );
    const environment = Object.fromEntries(names.map((name) => [name, '1']));
    expect(readEnvironment(join(folder, 'none'), environment).suspects).toEqual([]);
  });

  test('is not a valid setting', async () => {
    const names = environmentVariables.map(({ name }) => name);
    const all = await variablesOf(names.map((name) => `${name}=1`).join('\n'));
    expect(Object.keys(all).sort()).toEqual(names.sort());
    expect(readEnvironment(join(folder, 'none'), all).suspects).toEqual([]);
  });
});

test('the folder of the data cannot contain a line break', () => {
  expect(() => readSettings({ DATA_DIR: '/tmp/x\ny' })).toThrow('DATA_DIR contains a control character');
});

test('a contradiction names every option by its variable', () => {
  const settings = {
    JWT_REFRESH_TOKEN_EXPIRATION: '5m',
    REFRESH_REUSE_GRACE_SECONDS: '300',
    JWT_ACCESS_TOKEN_EXPIRATION: '5m',
    REFRESH_COOKIE_ENABLED: 'true',
    LOCKOUT_DEVICE_COOKIES: 'true',
  };
  const read = (): unknown => readSettings(settings);
  expect(read).toThrow('JWT_REFRESH_TOKEN_EXPIRATION is not longer than JWT_ACCESS_TOKEN_EXPIRATION;');
  expect(read).toThrow('REFRESH_REUSE_GRACE_SECONDS is not shorter than JWT_ACCESS_TOKEN_EXPIRATION;');
  expect(read).toThrow('LOCKOUT_DEVICE_COOKIES cannot be combined with REFRESH_COOKIE_ENABLED,');
  for (const { path } of environmentVariables.filter((variable) => variable.path.length > 1))
    expect(read).not.toThrow(path.join('.'));
});
