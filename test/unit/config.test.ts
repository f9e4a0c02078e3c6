import { describe, expect, test } from '@jest/globals';
import { resolveConfig } from '../../src/config/config.js';
import { environmentVariables, inVariableNames, readSettings } from '../../src/config/env.js';
import type { AuthOptions } from '../../src/config/auth-options.js';
import { ConfigError } from '../../src/platform/options/config-error.js';
import { parseDurationSeconds } from '../../src/platform/options/duration.js';

const SECRET = 'a secret of the tests that is long enough';
const DATABASE = { url: 'postgresql://user:password@localhost:5432/auth' };
const ROUTER = { secret: 'a secret of the router that is long enough' };
const OPTIONS: AuthOptions = { jwt: { secret: SECRET }, router: ROUTER, database: DATABASE };

function problemsOf(work: () => unknown): Record<string, string> {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError)
      return Object.fromEntries(error.problems.map(({ path, problem }) => [path, problem]));
    throw error;
  }
  return {};
}

describe('durations', () => {
  test.each([
    ['15m', 900],
    ['12h', 43_200],
    ['12H', 43_200],
    ['7d', 604_800],
    ['2w', 1_209_600],
    ['90 s', 90],
    ['1.5h', 5400],
    ['2000ms', 2],
  ])('%s are %i seconds', (text, seconds) => {
    expect(parseDurationSeconds(text)).toBe(seconds);
  });

  test.each([
    '3600',
    '900',
    '',
    '0s',
    '-5m',
    '5 minutes',
    '1m30s',
    '1y',
    '500ms',
    'soon',
    '1e3s',
    '9'.repeat(19) + 's',
  ])('%j is rejected', (text) => {
    expect(parseDurationSeconds(text)).toBeUndefined();
  });
});

describe('options', () => {
  test('may be inherited, or come from a getter of a class', () => {
    class Settings implements AuthOptions {
      readonly jwt = OPTIONS.jwt;
      readonly database = OPTIONS.database;
      readonly router = ROUTER;
      readonly #registration = { enabled: false };

      get registration(): { enabled: boolean } {
        return this.#registration;
      }
    }
    const inherited = Object.create({ ...OPTIONS, registration: { enabled: false } }) as AuthOptions;
    for (const options of [inherited, new Settings()]) expect(resolveConfig(options).registration.enabled).toBe(false);
  });

  test('have defaults, and durations in seconds', () => {
    expect(resolveConfig(OPTIONS)).toEqual({
      environment: 'production',
      introspection: false,
      jwt: {
        secret: SECRET,
        keys: [],
        issuer: 'auth-subgraph',
        audience: 'supergraph',
        accessTokenExpirationSeconds: 900,
        refreshTokenExpirationSeconds: 604_800,
      },
      router: { secrets: [ROUTER.secret], allowDirectAccess: false },
      session: { maxLifetimeSeconds: 7_776_000, maxPerUser: 100 },
      refreshReuseGraceSeconds: 30,
      rateLimits: {
        enabled: true,
        login: 'origin 600/1m, pair 120/5m, account 600/15m',
        register: 'origin 300/1m, pair 20/10m',
        refresh: 'origin 60000/1m',
        forgotPassword: 'origin 300/1m, pair 20/10m',
        issueServiceToken: 'origin 300/1m',
        resendVerification: 'origin 300/1m, pair 20/10m',
        verifyEmail: 'origin 600/1m',
        resetPassword: 'origin 300/1m',
        changePassword: 'account 30/15m',
        updateProfile: 'account 60/10m',
        acceptInvitation: 'origin 300/1m',
        changeEmail: 'account 30/15m',
        confirmEmailChange: 'account 30/15m',
      },
      redisUrl: undefined,
      readiness: { watchLoad: true },
      refreshCookie: { enabled: false, sameSite: 'strict', allowedOrigins: [] },
      password: {
        saltRounds: 10,
        minLength: 8,
        requireUppercase: false,
        requireLowercase: false,
        requireNumbers: false,
        requireSpecialChars: false,
        refuseCommon: true,
        resetTokenTtlSeconds: 3600,
      },
      registration: {
        enabled: true,
        requireEmailVerification: false,
        verificationTokenTtlSeconds: 86_400,
        invitationTokenTtlSeconds: 604_800,
      },
      lockout: { enabled: true, maxAttempts: 5, maxAttemptsPerClient: 0, deviceCookies: false, durationSeconds: 900 },
      profile: {},
      accountClosing: { enabled: true, grace: '7d' },
      admin: { schema: 'off' },
      serviceAccounts: { enabled: false },
      audit: { retentionDays: 365, operatorRetentionDays: 0 },
      emailLimit: { intervalSeconds: 60, maxPerHour: 5, maxPerOriginPerHour: 500 },
      requiredScopes: {},
      authDirectives: false,
      mail: {
        from: 'Auth <no-reply@localhost>',
        productName: 'our service',
        locale: 'en',
        verifyEmailUrl: 'http://localhost:3000/verify-email',
        resetPasswordUrl: 'http://localhost:3000/reset-password',
        confirmEmailChangeUrl: 'http://localhost:3000/confirm-email-change',
        loginUrl: 'http://localhost:3000/login',
        acceptInvitationUrl: 'http://localhost:3000/accept-invitation',
      },
      database: { ...DATABASE, poolSize: 10, preparedStatements: true },
    });
  });

  test('are frozen once resolved', () => {
    const config = resolveConfig(OPTIONS);
    expect(() => Object.assign(config.jwt, { issuer: 'other' })).toThrow(TypeError);
    expect(() => Object.assign(config, { environment: 'test' })).toThrow(TypeError);
  });

  test('that are invalid are all listed at once, with the fix', () => {
    const problems = problemsOf(() =>
      resolveConfig({
        jwt: { secret: 'hunter2', accessTokenExpiration: '3600', colour: 'red' },
        router: { secret: 'hunter2 of the router' },
        password: { saltRounds: '12', minLength: 3 },
        registration: { enabled: 'yes' },
        database: { url: 'mysql://localhost/auth' },
        lifetime: 7,
      } as unknown as AuthOptions),
    );
    expect(Object.keys(problems).sort()).toEqual([
      'database.url',
      'jwt.accessTokenExpiration',
      'jwt.colour',
      'jwt.secret',
      'lifetime',
      'password.minLength',
      'password.saltRounds',
      'registration.enabled',
      'router.secret',
    ]);
    for (const problem of Object.values(problems)) expect(problem).toMatch(/; .+/);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  test.each<[string, Partial<AuthOptions>]>([
    ['password.saltRounds', { password: { saltRounds: 9 } }],
    [
      'jwt.accessTokenExpiration',
      { jwt: { secret: SECRET, accessTokenExpiration: '25h', refreshTokenExpiration: '3d' } },
    ],
    ['jwt.secret', { jwt: { secret: `${SECRET}\n` } }],
    ['jwt.issuer', { jwt: { secret: SECRET, issuer: ' auth' } }],
    ['jwt.audience', { jwt: { secret: SECRET, audience: 'supergraph ' } }],
    ['jwt.refreshTokenExpiration', { jwt: { secret: SECRET, refreshTokenExpiration: '15m' } }],
    ['session.maxLifetime', { session: { maxLifetime: '6d' } }],
    ['session.maxLifetime', { session: { maxLifetime: '3651d' } }],
    ['session.maxLifetime', { session: { maxLifetime: '9007199254740991s' } }],
    ['refreshCookie.allowedOrigins', { refreshCookie: { enabled: true } }],
    [
      'lockout.deviceCookies',
      {
        refreshCookie: { enabled: true, allowedOrigins: 'https://app.example.com' },
        lockout: { deviceCookies: true },
      },
    ],
    ['refreshReuseGraceSeconds', { jwt: { secret: SECRET, accessTokenExpiration: '20s' } }],
  ])('that contradict each other are rejected: %s', (path, options) => {
    expect(Object.keys(problemsOf(() => resolveConfig({ ...OPTIONS, ...options })))).toEqual([path]);
  });

  test('a contradiction is reported along with an invalid value in another section', () => {
    const options = { ...OPTIONS, session: { maxLifetime: '6d' }, password: { minLength: 1 } };
    expect(Object.keys(problemsOf(() => resolveConfig(options))).sort()).toEqual([
      'password.minLength',
      'session.maxLifetime',
    ]);
  });

  test('a long text in place of a list has one problem', () => {
    const only = new ConfigError([{ path: 'jwt.keys', problem: 'must be a list of keys' }]);
    for (const text of ['-----BEGIN PRIVATE KEY-----', ''])
      expect(() => resolveConfig({ ...OPTIONS, jwt: { keys: text as never } })).toThrow(only);
  });

  test('that are missing are listed', () => {
    expect(Object.keys(problemsOf(() => resolveConfig({} as AuthOptions))).sort()).toEqual([
      'database.url',
      'jwt.secret',
      'router.secret',
    ]);
  });
});

describe('allowed origins', () => {
  const withOrigins = (allowedOrigins: string): AuthOptions => ({
    ...OPTIONS,
    refreshCookie: { enabled: true, allowedOrigins },
  });

  test('are a list, possibly with white space', () => {
    const { refreshCookie } = resolveConfig(withOrigins(' https://app.example.com ,http://localhost:3000'));
    expect(refreshCookie.allowedOrigins).toEqual(['https://app.example.com', 'http://localhost:3000']);
  });

  test.each([
    '',
    '*',
    'null',
    'app.example.com',
    'https://*.example.com',
    'https://app.example.com/',
    'https://app.example.com/page',
    'https://app.example.com:443',
    'https://APP.example.com',
    'https://user@app.example.com',
    'ftp://app.example.com',
    'file://',
    'https://app.example.com,',
    'https://app.example.com https://www.example.com',
  ])('that no browser sends are rejected: %j', (allowedOrigins) => {
    expect(problemsOf(() => resolveConfig(withOrigins(allowedOrigins)))).toEqual({
      'refreshCookie.allowedOrigins': expect.stringMatching(/exact origins.*; write for example/),
    });
  });
});

describe('the router secret', () => {
  const LONG = 'x'.repeat(32);
  const withRouter = (router: AuthOptions['router'], environment?: AuthOptions['environment']): AuthOptions => ({
    ...OPTIONS,
    environment,
    router,
  });

  test('is required in production unless direct access is allowed', () => {
    expect(Object.keys(problemsOf(() => resolveConfig(withRouter({}))))).toEqual(['router.secret']);
    expect(resolveConfig(withRouter({ allowDirectAccess: true })).router).toEqual({
      secrets: [],
      allowDirectAccess: true,
    });
    for (const environment of ['development', 'test'] as const)
      expect(resolveConfig(withRouter(undefined, environment)).router.secrets).toEqual([]);
  });

  test('may be two during a rotation, with white space around them', () => {
    const secret = ` ${LONG} ,\t${LONG}2\n`;
    expect(resolveConfig(withRouter({ secret })).router.secrets).toEqual([LONG, `${LONG}2`]);
  });

  test.each([
    ['', /shorter than 32 bytes/],
    ['hunter2', /shorter than 32 bytes/],
    [`  ${LONG.slice(1)}  `, /shorter than 32 bytes/],
    [`${LONG},`, /shorter than 32 bytes/],
    [`${LONG},hunter2`, /shorter than 32 bytes.*A comma separates two secrets, so a secret cannot contain one/],
    [`${LONG},${LONG},${LONG}`, /more than two.*A comma separates them, so a secret cannot contain one/],
    [`${LONG}é`, /printable ASCII/],
    [`${LONG},${'x'.repeat(1_001)}`, /longer than 1000 bytes/],
  ])('is rejected if it is invalid, and never repeated: %j', (secret, problem) => {
    const problems = problemsOf(() => resolveConfig(withRouter({ secret })));
    expect(Object.keys(problems)).toEqual(['router.secret']);
    expect(problems['router.secret']).toMatch(problem);
    expect(problems['router.secret']).not.toMatch(/hunter2|xxx/);
  });
});

describe('the environment', () => {
  test('has a variable for every setting, named after its path', () => {
    const names = environmentVariables.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining(['JWT_SECRET', 'JWT_ACCESS_TOKEN_EXPIRATION', 'PASSWORD_SALT_ROUNDS']),
    );
    expect(names).toEqual(expect.arrayContaining(['REFRESH_REUSE_GRACE_SECONDS', 'HOST', 'PORT', 'DATABASE_URL']));
    for (const { description } of environmentVariables) expect(description).not.toBe('');
  });

  test('is read by type', () => {
    const settings = readSettings({
      PORT: '8080',
      PASSWORD_REQUIRE_NUMBERS: 'true',
      REGISTRATION_ENABLED: 'FALSE',
      JWT_ACCESS_TOKEN_EXPIRATION: '5m',
      REFRESH_COOKIE_ENABLED: 'true',
      REFRESH_COOKIE_SAME_SITE: 'lax',
      REFRESH_COOKIE_ALLOWED_ORIGINS: 'https://app.example.com',
      PAGES_ENABLED: 'false',
      LOG_LEVEL: '',
    });
    expect(settings).toMatchObject({
      environment: 'development',
      port: 8080,
      password: { requireNumbers: true },
      registration: { enabled: false },
      jwt: { accessTokenExpiration: '5m' },
      refreshCookie: { enabled: true, sameSite: 'lax', allowedOrigins: 'https://app.example.com' },
      logLevel: 'info',
    });
  });

  test('names its own variables if they are invalid, all at once', () => {
    const problems = problemsOf(() =>
      readSettings({
        PORT: 'http',
        PASSWORD_SALT_ROUNDS: '3',
        JWT_REFRESH_TOKEN_EXPIRATION: '3600',
        NODE_ENV: 'staging',
      }),
    );
    expect(Object.keys(problems).sort()).toEqual([
      'JWT_REFRESH_TOKEN_EXPIRATION',
      'NODE_ENV',
      'PASSWORD_SALT_ROUNDS',
      'PORT',
    ]);
  });

  test.each([
    ['JWT_ISSUER', '"acme"', 'JWT_ISSUER is in quotes; write it without them'],
    ['ROUTER_SECRET', `'${'s'.repeat(40)}'`, 'ROUTER_SECRET is in quotes; write it without them'],
    ['MAIL_FROM', '"Acme <no-reply@acme.example>"', 'MAIL_FROM is in quotes; write it without them'],
    ['PORT', '"4001"', 'PORT is in quotes; write it without them'],
    ['LOCKOUT_ENABLED', "'false'", 'LOCKOUT_ENABLED is in quotes; write it without them'],
    ['DATABASE_URL', '""', 'DATABASE_URL is in quotes; write it without them'],
    ['HOST', '127.0.0.1:4001', 'HOST must be an address or a host name without brackets, scheme and port; write'],
    ['HOST', 'no such host', 'HOST must be an address or a host name without brackets, scheme and port; write'],
    ['HOST', '[::]', 'HOST must be an address or a host name without brackets, scheme and port; write'],
    ['HOST', 'a..b', 'HOST must be an address or a host name without brackets, scheme and port; write'],
    ['HOST', '-x', 'HOST must be an address or a host name without brackets, scheme and port; write'],
    ['HOST', '.', 'HOST must be an address or a host name without brackets, scheme and port; write'],
    ['METRICS_HOST', 'metrics-.local', 'METRICS_HOST must be an address or a host name without brackets, scheme and'],
    ['METRICS_HOST', '*', 'METRICS_HOST must be an address or a host name without brackets, scheme and port; write'],
    [
      'ADMIN_HOST',
      'http://localhost',
      'ADMIN_HOST must be an address or a host name without brackets, scheme and port; write',
    ],
  ])('may not have %s=%s', (name, value, problem) => {
    const read = (): unknown => readSettings({ [name]: value });
    expect(read).toThrow(problem);
    expect(read).not.toThrow(/;.*;/s);
  });

  test('is the only problem that is named if one setting is invalid, also in production', () => {
    const secret = 's'.repeat(40);
    const valid = {
      NODE_ENV: 'production',
      DATABASE_URL: 'postgresql://u@h/d',
      SMTP_URL: 'smtp://u:p@h',
      ROUTER_SECRET: secret,
      JWT_SECRET: secret,
      PAGES_ENABLED: 'true',
      PAGES_PUBLIC_URL: 'https://auth.example.com',
    };
    expect(problemsOf(() => readSettings(valid))).toEqual({});
    const named = environmentVariables.flatMap(({ name }) =>
      ['"quoted"', '\u0000', 'no such value', '-1', '9'.repeat(20), 'http://'].map((value) => {
        const problems = problemsOf(() => readSettings({ ...valid, [name]: value }));
        return { name, problems, others: Object.keys(problems).filter((other) => other !== name) };
      }),
    );
    expect(named.filter(({ others }) => others.length > 0)).toEqual([]);
    const rejected = new Set(named.filter(({ problems, name }) => name in problems).map(({ name }) => name));
    expect([...rejected]).toEqual(environmentVariables.map(({ name }) => name));
  });

  test('may have quotes within a value', () => {
    const settings = readSettings({
      MAIL_FROM: '"Acme, Inc." <a@b.example>',
      MAIL_PRODUCT_NAME: 'The "best"',
      HOST: '::1',
    });
    expect(settings).toMatchObject({
      host: '::1',
      mail: { from: '"Acme, Inc." <a@b.example>', productName: 'The "best"' },
    });
  });

  test('holds required scopes as one text', () => {
    const text = ' Mutation.changeEmail = account:write  a=b ;; Query.me=profile; ';
    expect(readSettings({ REQUIRED_SCOPES: text }).requiredScopes).toEqual({
      'Mutation.changeEmail': ['account:write', 'a=b'],
      'Query.me': ['profile'],
    });
    expect(readSettings({}).requiredScopes).toBeUndefined();
  });

  test.each([
    ['profile', 'REQUIRED_SCOPES'],
    ['=profile', 'REQUIRED_SCOPES'],
    ['Query.me=a;Query.me=b', 'REQUIRED_SCOPES'],
    ['Query.me,Mutation.logout=a', 'REQUIRED_SCOPES'],
    ['Query.me=', 'REQUIRED_SCOPES Query.me'],
    ['Query.me=a "b"', 'REQUIRED_SCOPES Query.me.1'],
  ])('rejects %j as required scopes', (text, path) => {
    const problems = problemsOf(() => readSettings({ REQUIRED_SCOPES: text }));
    expect(Object.keys(problems)).toEqual([path]);
    expect(Object.values(problems)[0]).toMatch(/; write /);
  });

  test.each([
    [{ METRICS_PORT: '4001' }, 'METRICS_PORT', 'PORT'],
    [{ PORT: '4010', METRICS_PORT: '4010', METRICS_HOST: '0.0.0.0' }, 'METRICS_PORT', 'PORT'],
    [{ PORT: '4002', ADMIN_SCHEMA: 'separate' }, 'ADMIN_PORT', 'PORT'],
    [{ PORT: '4010', ADMIN_PORT: '4010', HOST: '::', ADMIN_SCHEMA: 'separate' }, 'ADMIN_PORT', 'PORT'],
    [{ METRICS_PORT: '4002', ADMIN_SCHEMA: 'separate' }, 'METRICS_PORT', 'ADMIN_PORT'],
  ])('two servers on one port are refused: %j', (variables, name, other) => {
    const problems = problemsOf(() => readSettings(variables));
    expect(Object.keys(problems)).toEqual([name]);
    expect(problems[name]).toContain(`is the same as ${other};`);
  });

  test.each([
    { PORT: '0', METRICS_PORT: '0', ADMIN_PORT: '0', ADMIN_SCHEMA: 'separate' },
    { PORT: '4002' },
    { HOST: '10.0.0.1', METRICS_PORT: '4001' },
  ])('two servers may have %j', (variables) => {
    expect(problemsOf(() => readSettings(variables))).toEqual({});
  });

  test('a nested problem is named by variable too', () => {
    const error = new ConfigError([{ path: 'requiredScopes.Query.you', problem: 'is no field' }]);
    expect(inVariableNames(error).message).toContain('REQUIRED_SCOPES Query.you is no field');
  });

  test('contradictions are named by variable too', () => {
    const error = new ConfigError([{ path: 'session.maxLifetime', problem: 'is shorter' }]);
    expect(inVariableNames(error).message).toContain('SESSION_MAX_LIFETIME is shorter');
  });
});
