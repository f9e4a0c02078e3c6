import { spawnSync } from 'node:child_process';
import { appendFile, chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { constants, getPriority, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newEmail, type Outcome } from '../support/graphql-client.js';
import { runCommand, startService, type Finished, type ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-service-'));
  // PostgreSQL does not run as root, and its user has to come in here too.
  await chmod(folder, 0o755);
  database = await createTestDatabase();
});
afterAll(async () => {
  // A service that was killed leaves its database running.
  for (const pid of databasePids) if (isRunning(pid)) process.kill(pid, 'SIGQUIT');
  await until(() => ![...databasePids].some(isRunning), 'the end of the embedded databases');
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

/** The bodies of the operations that the service prints for pasting, in order. */
function printedBodies(output: string): string[] {
  return [...output.matchAll(/-d '(\{.*\})'$/gm)].map(([, body]) => body ?? '');
}

/** The log lines in the output of a service. */
function linesOf(output: string): unknown[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as unknown);
}

/** Sends an operation as the service prints it for pasting, with the headers that are printed. */
async function paste(service: ServiceProcess, line: string): Promise<{ data: unknown; setCookies: string[] }> {
  const headers = [...line.matchAll(/-H '([\w-]+): ([^']*)'/g)].map(([, name = '', value = '']) => [name, value]);
  const [body] = printedBodies(line);
  const response = await fetch(service.url, {
    method: 'POST',
    headers: new Headers(Object.fromEntries(headers) as Record<string, string>),
    body: body ?? '',
  });
  const { data } = (await response.json()) as { data: unknown };
  return { data, setCookies: response.headers.getSetCookie() };
}

const databasePids = new Set<number>();

/** Starts a service that says which process its embedded database is. */
async function startEmbedded(settings: Record<string, string>): Promise<ServiceProcess> {
  const service = await startService(settings);
  databasePids.add(postgresPid(service.output()));
  return service;
}

function postgresPid(output: string): number {
  return Number(/"pid":(\d+),"msg":"PostgreSQL started"/.exec(output)?.[1]);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('on an embedded database', () => {
  const settings = (): Record<string, string> => ({
    DATA_DIR: join(folder, 'data'),
    NODE_ENV: 'development',
    JWT_SECRET: '',
    LOG_LEVEL: 'info',
  });
  let service: ServiceProcess;

  test('a newcomer has it running with one command, and the three printed operations work', async () => {
    service = await startEmbedded(settings());
    expect(service.output()).toContain(`Its data is in ${join(folder, 'data', 'postgres')}`);
    const [register = '', login = '', me = ''] = printedBodies(service.output());
    const registered = await service.post<{ register: Outcome }>(register);
    expect(registered.data.register).toMatchObject({ __typename: 'LoginSuccess', user: { email: 'ada@example.com' } });
    const loggedIn = await service.post<{ login: Outcome }>(login);
    expect(loggedIn.data.login.__typename).toBe('LoginSuccess');
    const token = loggedIn.data.login.tokens?.accessToken;
    expect((await service.post(me, { token })).data).toMatchObject({
      me: { email: 'ada@example.com', firstName: 'Ada' },
    });
  });

  test('a second service on the same data is rejected with a clear message, and the first one keeps running', async () => {
    const second = await runCommand(['serve'], settings());
    expect(second.code).toBe(1);
    expect(second.output).toMatch(/in use.*DATA_DIR|DATA_DIR.*in use/is);
    expect(second.output).not.toMatch(/^\s+at /m);
    expect((await service.me()).status).toBe(200);
  });

  test('a command on the same data says to stop the service, and does not lead to an empty database', async () => {
    for (const words of [['users', 'list'], ['migrate']]) {
      const { code, stdout, stderr } = await runCommand(words, settings());
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/ in use by process \d+, usually the service\. Stop it first, or use .*DATABASE_URL/);
      expect(stderr).not.toContain('another folder');
    }
    expect((await service.me()).status).toBe(200);
  });

  test('Ctrl-C stops it cleanly, including the database', async () => {
    const pid = postgresPid(service.output());
    expect(isRunning(pid)).toBe(true);
    expect(await service.stop('SIGINT')).toBe(0);
    expect(isRunning(pid)).toBe(false);
  });

  test('its data survives a restart, and a process that was killed', async () => {
    const login = { email: 'ada@example.com', password: 'correct horse battery' };
    service = await startEmbedded(settings());
    const { accessToken } = await service.login(login);
    expect(await service.stop('SIGKILL')).toBe(null);
    service = await startEmbedded(settings());
    expect((await service.me(accessToken)).data).toMatchObject({ me: { email: login.email } });
    expect(await service.stop()).toBe(0);
  });

  test('variables that lead other programs to their PostgreSQL server make no difference', async () => {
    const variables = {
      ...{
        PGHOST: 'db.test',
        PGPORT: '1',
        PGUSER: 'ada',
        PGPASSWORD: 'wrong',
        PGDATABASE: 'other',
        PGDATA: '/nowhere',
      },
      ...{ PGSSLMODE: 'require', PGSSLNEGOTIATION: 'direct', PGOPTIONS: '-c search_path=other' },
    };
    const { code, stdout, output } = await runCommand(['users', 'list'], { ...settings(), ...variables });
    expect([code, stdout]).toEqual([0, expect.stringContaining('ada@example.com')]);
    expect(output).toContain('PostgreSQL started');
  });
});

describe('an embedded database that is killed', () => {
  const settings = (): Record<string, string> => ({ DATA_DIR: join(folder, 'killed'), LOG_LEVEL: 'info' });

  function lastPostgresPid(service: ServiceProcess): number {
    const [last] = [...service.output().matchAll(/"pid":(\d+),"msg":"PostgreSQL (started|is running again)"/g)].slice(
      -1,
    );
    const pid = Number(last?.[1]);
    databasePids.add(pid);
    return pid;
  }

  test('is restarted, and the service continues with its data', async () => {
    const service = await startEmbedded(settings());
    const ada = await service.register();
    const pid = lastPostgresPid(service);
    process.kill(pid, 'SIGKILL');
    await until(() => lastPostgresPid(service) !== pid, 'the next PostgreSQL');
    await until(async () => (await service.login(ada).catch(() => undefined))?.userId === ada.userId, 'a sign-in');
    expect(await service.stop()).toBe(0);
  });

  test('and cannot be restarted ends the service, with the reason', async () => {
    const service = await startEmbedded(settings());
    await appendFile(join(folder, 'killed', 'postgres', 'data', 'postgresql.conf'), '\nmax_connections = none\n');
    process.kill(lastPostgresPid(service), 'SIGKILL');
    // The signal makes no difference to a running process.
    expect(await service.stop('SIGCONT')).toBe(1);
    expect(service.output()).toMatch(/^The embedded PostgreSQL stopped unexpectedly, and the limit of 5 restarts/m);
    expect(service.output()).toContain('invalid value for parameter "max_connections"');
    expect(service.output()).not.toMatch(/^\s+at /m);
  });
});

describe('on a separate server', () => {
  test('uses the database of DATABASE_URL and says so', async () => {
    const service = await startService({ DATABASE_URL: database.url });
    const ada = await service.register();
    const stored = await database.sql('select email from auth_user where email = $1', [ada.email]);
    expect(stored).toEqual([{ email: ada.email }]);
    expect(service.output()).toContain('Its data is in the database of DATABASE_URL');
    expect(service.output()).not.toContain(new URL(database.url).password);
    expect(await service.stop()).toBe(0);
  });

  test('prints operations that work as printed in cookie mode', async () => {
    const service = await startService({
      DATABASE_URL: database.url,
      REFRESH_COOKIE_ENABLED: 'true',
      REFRESH_COOKIE_ALLOWED_ORIGINS: 'https://app.example.com,https://admin.example.com',
    });
    const [register = '', login = '', me = ''] = service.output().match(/^curl .*$/gm) ?? [];
    const registered = await paste(service, register);
    expect(registered.data).toMatchObject({ register: { __typename: 'LoginSuccess' } });
    const loggedIn = await paste(service, login);
    expect(loggedIn.data).toMatchObject({ login: { __typename: 'LoginSuccess' } });
    expect(loggedIn.setCookies.join()).toMatch(/^__Host-auth-refresh=/);
    const token = (loggedIn.data as { login: Outcome }).login.tokens?.accessToken ?? '';
    expect((await paste(service, me.replace('<accessToken>', token))).data).toMatchObject({ me: { firstName: 'Ada' } });
    expect(await service.stop()).toBe(0);
  });

  test("in production answers the gateway's requests, and writes its secret nowhere", async () => {
    const secret = 'what the router of production sends along';
    const service = await startService({
      NODE_ENV: 'production',
      LOG_LEVEL: 'debug',
      DATABASE_URL: database.url,
      SMTP_URL: 'smtp://127.0.0.1:1',
      PASSWORD_SALT_ROUNDS: '10',
      ROUTER_SECRET: secret,
    });
    const ask = async (given: string): Promise<unknown> =>
      (await service.request('{ _service { sdl } }', {}, { headers: { 'x-router-secret': given } })).data;
    expect(await ask(secret)).toMatchObject({ _service: { sdl: expect.stringContaining('type User') } });
    expect(await ask(`${secret} no more`)).toBeNull();
    expect(await service.stop()).toBe(0);
    expect(service.output()).not.toContain(secret);
  });
});

describe('its command line', () => {
  test('says which Node.js version it needs', () => {
    // npm puts the one of the project in front of the one of the system.
    const paths = (process.env['PATH'] ?? '').split(delimiter).filter((path) => !path.includes('node_modules'));
    const asked = spawnSync('node', ['--version'], { encoding: 'utf8', env: { PATH: paths.join(delimiter) } });
    if (!/^v(1\d|20|21)\./.test(asked.stdout)) {
      process.stderr.write('the system has no Node.js before 22: the refusal of one is skipped\n');
      return;
    }
    const { status, stderr } = spawnSync('node', ['dist/cli/main.js', 'serve'], {
      encoding: 'utf8',
      env: { PATH: paths.join(delimiter) },
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Node\.js [\d.]+ is too old\. Use Node\.js 22\.17 or newer/);
  });

  test('migrate brings a database up to date, and ends', async () => {
    const empty = await createTestDatabase({ empty: true });
    const settings = { DATABASE_URL: empty.url, MIGRATE_ON_START: 'false' };
    const refused = await runCommand(['serve'], settings);
    expect(refused.code).toBe(5);
    expect(refused.output).toContain('MIGRATE_ON_START is false, but the database schema is not up to date');
    expect(refused.output).not.toMatch(/^\s+at /m);
    expect(await runCommand(['users', 'list'], settings)).toMatchObject({ code: 5 });
    expect(await runCommand(['migrate', 'status'], settings)).toMatchObject({ code: 4 });
    expect((await runCommand(['migrate'], settings)).code).toBe(0);
    const service = await startService(settings);
    expect(await service.stop()).toBe(0);
    await empty.drop();
  });

  test('lists and replays parked deliveries, and unlocks an address', async () => {
    const settings = { DATABASE_URL: database.url };
    expect((await runCommand(['events', 'parked'], settings)).output).toContain('No delivery has been given up.');
    expect((await runCommand(['events', 'replay'], settings)).output).toContain('Deliveries that will be retried: 0.');
    expect((await runCommand(['unlock', 'ada@example.com'], settings)).output).toContain('was not locked');
  });

  test('ends sessions while the service runs, which rejects their tokens and logs each session', async () => {
    const settings = { DATABASE_URL: database.url, LOG_LEVEL: 'info' };
    const revoke = async (...words: string[]): Promise<string> =>
      (await runCommand(['sessions', 'revoke', ...words], { DATABASE_URL: database.url })).output;
    const service = await startService(settings);
    const [ada, bob] = [await service.register(), await service.register()];
    const phone = await service.login(ada);
    const isSignedIn = async ({ accessToken }: { accessToken: string }): Promise<boolean> =>
      (await service.me(accessToken)).errors.length === 0;
    expect(await revoke('--session', phone.sessionId)).toBe('1 session has ended.\n');
    expect(await revoke('--session', phone.sessionId)).toBe('No live session has this id.\n');
    expect([await isSignedIn(phone), await isSignedIn(ada)]).toEqual([false, true]);
    expect(await revoke(ada.email)).toBe('1 session has ended.\n');
    expect(await revoke('--user', ada.userId)).toBe('0 sessions have ended.\n');
    expect([await isSignedIn(ada), await isSignedIn(bob)]).toEqual([false, true]);
    expect(await revoke('--all', '--yes')).toMatch(/^[1-9]\d* sessions? ha(s|ve) ended\.\n$/);
    expect(await isSignedIn(bob)).toBe(false);
    for (const { userId, sessionId } of [phone, ada, bob]) {
      const line = { event: 'SessionRevoked', userId, sessionId, reason: 'REVOKED_BY_OPERATOR' };
      const isLogged = (): boolean =>
        linesOf(service.output()).some((logged) => expect.objectContaining(line).asymmetricMatch(logged));
      await until(isLogged, 'the line about a session that an operator ended');
    }
    expect(await service.stop()).toBe(0);
  });

  test('prints its addresses as one JSON document among the lines of its log', async () => {
    const settings = { DATABASE_URL: database.url, NODE_ENV: 'development', LOG_LEVEL: 'info' };
    for (const command of ['serve --json', '--json']) {
      const service = await startService(settings, undefined, command);
      const email = newEmail();
      await service.mutate('register', { email, password: 'correct horse battery' });
      const documents = (): Record<string, unknown>[] =>
        service
          .output()
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>)
          .filter((line) => !('level' in line));
      await until(() => documents().length > 1, 'the email');
      const [started, mail] = documents();
      expect(started).toEqual({
        ...{ url: service.url.replace('127.0.0.1', 'localhost'), adminUrl: null, databaseFolder: null },
        pages: expect.arrayContaining([{ title: 'Emails', url: expect.stringMatching(/\/dev\/mail$/) }]),
      });
      expect(mail).toEqual({ message: expect.stringContaining(`Email to ${email}`) });
      expect(await service.stop()).toBe(0);
    }
  });

  test('offers no registration if nobody can register', async () => {
    const settings = { DATABASE_URL: database.url, NODE_ENV: 'development', REGISTRATION_ENABLED: 'false' };
    const service = await startService(settings);
    await until(() => service.output().includes('Ask who you are'), 'the operations to paste');
    expect(service.output()).toContain('/account/sign-in\n');
    expect(service.output()).toContain('1. Sign in\n');
    expect(service.output()).not.toMatch(/register|sign-up/);
    expect(await service.stop()).toBe(0);
  });

  test('prints, sets and removes the roles of a user', async () => {
    const settings = { DATABASE_URL: database.url };
    const roles = async (...words: string[]): Promise<Finished> => runCommand(['roles', ...words], settings);
    const service = await startService(settings);
    const ada = await service.register();
    expect(await roles(ada.email)).toMatchObject({ code: 0, output: 'The user has no roles.\n' });
    expect(await roles(ada.email.toUpperCase(), 'editor', 'admin')).toMatchObject({
      code: 0,
      output: 'editor\nadmin\n',
    });
    expect(await roles(ada.email)).toMatchObject({ code: 0, output: 'editor\nadmin\n' });
    const answer = await service.request('{ me { roles } }', {}, { token: ada.accessToken });
    expect(answer.data).toEqual({ me: { roles: ['editor', 'admin'] } });
    expect(await roles(ada.email, '--none')).toMatchObject({ code: 0, output: 'The user has no roles.\n' });
    const refusals = [await roles('nobody@example.com', 'editor'), await roles(ada.email, 'two words')];
    expect(refusals.map(({ code }) => code)).toEqual([3, 2]);
    for (const { output } of refusals) {
      expect(output).toMatch(/^(No account|The value of roles is invalid: A role is) .*\.\n$/);
    }
    expect(await service.stop()).toBe(0);
  });

  test('rejects required scopes for a field that does not exist', async () => {
    const settings = { DATABASE_URL: database.url, REQUIRED_SCOPES: 'Query.me=profile;Mutation.login=profile' };
    const { code, output } = await runCommand(['serve'], settings);
    expect(code).toBe(5);
    expect(output).toContain(
      'REQUIRED_SCOPES Mutation.login is not a field that requires a signed-in user; write one of',
    );
    expect(output).not.toMatch(/Query\.me is|^\s+at /m);
  });

  test('enforces required scopes, and announces them to the gateway', async () => {
    const service = await startService({
      DATABASE_URL: database.url,
      REQUIRED_SCOPES: 'Query.me=profile',
      AUTH_DIRECTIVES: 'true',
    });
    const ada = await service.register();
    expect((await service.me(ada.accessToken)).errors[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      scopes: ['profile'],
    });
    const answer = await service.request<{ _service: { sdl: string } }>('{ _service { sdl } }');
    expect(answer.data._service.sdl).toContain('me: User @authenticated @requiresScopes(scopes: [["profile"]])');
    expect(await service.stop()).toBe(0);
  });
});

describe('a .env file', () => {
  async function folderWith(env: string): Promise<string> {
    const own = await mkdtemp(join(folder, 'env-'));
    await writeFile(join(own, '.env'), env);
    return own;
  }

  test('may start with a byte order mark', async () => {
    const own = await folderWith('\ufeffLOG_LEVEL=loud\r\nexport PASSWORD_MIN_LENGTH="none"\r\n');
    const { code, output } = await runCommand(['serve'], { LOG_LEVEL: '' }, own);
    expect(code).toBe(5);
    expect(output).toContain('PASSWORD_MIN_LENGTH must be');
    expect(output).toContain('(set in .env)');
  });

  test('with a misspelled variable is rejected', async () => {
    const own = await folderWith('PASSWORD_MIN_LENGHT=12\n');
    const { code, output } = await runCommand(['serve'], {}, own);
    expect(code).toBe(5);
    expect(output).toContain('PASSWORD_MIN_LENGHT in .env is not a setting; did you mean PASSWORD_MIN_LENGTH?');
    expect(output).not.toMatch(/^\s+at /m);
  });

  test('a misspelled variable in the environment of the process is only a warning', async () => {
    const settings = { DATABASE_URL: database.url, PASSWORD_MIN_LENGHT: '12' };
    const { code, output } = await runCommand(['events', 'parked'], settings);
    expect(code).toBe(0);
    expect(output).toContain(
      'Warning: PASSWORD_MIN_LENGHT is not a setting and is ignored; did you mean PASSWORD_MIN_LENGTH?',
    );
  });
});

const isLinux = process.platform === 'linux';
if (!isLinux)
  process.stderr.write('Threads have no priorities on this system: the test of the priority of bcrypt is skipped\n');
(isLinux ? test : test.skip)('passwords are hashed at a lower priority than everything else', async () => {
  const service = await startService({ DATABASE_URL: database.url });
  const niceness: Record<string, Set<number>> = {};
  for (const id of await readdir(`/proc/${String(service.pid)}/task`)) {
    const name = (await readFile(`/proc/${String(service.pid)}/task/${id}/comm`, 'utf8')).trim();
    (niceness[name] ??= new Set()).add(getPriority(Number(id)));
  }
  expect([...(niceness['libuv-worker'] ?? [])]).toEqual([
    Math.min(getPriority() + 10, constants.priority.PRIORITY_LOW),
  ]);
  expect([...(niceness['MainThread'] ?? [])]).toEqual([getPriority()]);
  expect(await service.stop()).toBe(0);
});

describe('the address to listen on', () => {
  test.each([
    ['HOST', 'x86_64-conda-linux-gnu', {}],
    ['HOST', 'no-such-host.invalid', {}],
    ['HOST', '192.0.2.1', {}],
    ['METRICS_HOST', 'no-such-host.invalid', { METRICS_PORT: '0' }],
    ['METRICS_HOST', '192.0.2.1', { METRICS_PORT: '0' }],
    ['ADMIN_HOST', 'no-such-host.invalid', { ADMIN_SCHEMA: 'separate' }],
    ['ADMIN_HOST', '192.0.2.1', { ADMIN_SCHEMA: 'separate' }],
  ])('is rejected with its variable and where it was set: %s=%s', async (variable, host, others) => {
    const settings = { ...others, PORT: '0', [variable]: host };
    const { code, output } = await runCommand(['serve'], { DATABASE_URL: database.url, ...settings });
    expect(code).toBe(5);
    expect(output).toContain(`${variable} is "${host}", which is not an address of this machine`);
    expect(output).toContain('Set it to 127.0.0.1, or to 0.0.0.0 in a container (set in the environment');
    expect(output).not.toMatch(/^\s+at /m);
  });

  test.each(['localhost', '0.0.0.0'])('may be %s', async (HOST) => {
    const service = await startService({ DATABASE_URL: database.url, HOST });
    expect((await service.me()).status).toBe(200);
    expect(await service.stop()).toBe(0);
  });
});

describe('invalid settings', () => {
  test('production lists everything that is missing at once, without a stack trace', async () => {
    const { code, output } = await runCommand(['serve'], { NODE_ENV: 'production', JWT_SECRET: '' });
    expect(code).toBe(5);
    for (const variable of ['JWT_KEYS_FILE', 'DATABASE_URL', 'SMTP_URL', 'ROUTER_SECRET'])
      expect(output).toContain(`${variable} is missing`);
    expect(output).not.toMatch(/^\s+at /m);
  });

  test('are named by their variables, with what to write instead', async () => {
    const { code, output } = await runCommand(['serve'], {
      JWT_ACCESS_TOKEN_EXPIRATION: '3600',
      JWT_SECRET: 'short',
      PORT: 'http',
    });
    expect(code).toBe(5);
    for (const variable of ['JWT_ACCESS_TOKEN_EXPIRATION', 'JWT_SECRET', 'PORT']) expect(output).toContain(variable);
    expect(output).toContain('"15m"');
  });

  test('missing, malformed and contradictory settings are listed at once', async () => {
    const { code, output } = await runCommand(['serve'], {
      NODE_ENV: 'production',
      JWT_SECRET: '',
      PORT: 'http',
      PASSWORD_SALT_ROUNDS: '4',
      SESSION_MAX_LIFETIME: '1d',
    });
    expect(code).toBe(5);
    for (const problem of [
      'JWT_KEYS_FILE is missing',
      'DATABASE_URL is missing',
      'SMTP_URL is missing',
      'PORT must be',
      'PASSWORD_SALT_ROUNDS is below 10',
      'SESSION_MAX_LIFETIME is shorter',
    ])
      expect(output).toContain(problem);
  });

  test('a configuration error is one line, not a stack trace', async () => {
    const unreachable = await runCommand(['serve'], { DATABASE_URL: 'postgresql://nobody:x@127.0.0.1:1/none' });
    expect(unreachable).toMatchObject({ code: 1, output: expect.stringContaining('ECONNREFUSED') });
    expect(unreachable.output).not.toMatch(/^\s+at /m);
  });

  test('a port that is taken is named by its variable', async () => {
    const service = await startService({ DATABASE_URL: database.url });
    const { port } = new URL(service.url);
    for (const [variable, others] of [
      ['PORT', {}],
      ['METRICS_PORT', { PORT: '0' }],
      ['ADMIN_PORT', { ADMIN_SCHEMA: 'separate', PORT: '0' }],
    ] as const) {
      const { code, output } = await runCommand(['serve'], { DATABASE_URL: database.url, ...others, [variable]: port });
      expect(code).toBe(5);
      expect(output).toContain(
        `${variable} is ${port}, which another program uses (EADDRINUSE). Set it to another port`,
      );
      expect(output).not.toMatch(/^\s+at /m);
    }
    expect(await service.stop()).toBe(0);
  });

  test('contradictions are rejected before anything starts', async () => {
    const { code, output } = await runCommand(['serve'], {
      NODE_ENV: 'production',
      DATABASE_URL: database.url,
      SMTP_URL: 'smtp://127.0.0.1:2525',
      PASSWORD_SALT_ROUNDS: '4',
      SESSION_MAX_LIFETIME: '1d',
    });
    expect(code).toBe(5);
    expect(output).toContain('PASSWORD_SALT_ROUNDS is below 10');
    expect(output).toContain('SESSION_MAX_LIFETIME is shorter');
  });

  test('a router secret that is too short is not printed', async () => {
    const { code, output } = await runCommand(['serve'], { ROUTER_SECRET: 'a short secret' });
    expect(code).toBe(5);
    expect(output).toContain('ROUTER_SECRET contains a secret shorter than 32 bytes');
    expect(output).not.toContain('a short secret');
  });
});
