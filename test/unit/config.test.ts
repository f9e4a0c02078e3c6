import { describe, expect, test } from '@jest/globals';
import { ConfigError, resolveConfig } from '../../src/config/config.js';
import { parseDurationSeconds } from '../../src/config/duration.js';
import { environmentVariables, inVariableNames, readSettings } from '../../src/config/env.js';
import type { AuthOptions } from '../../src/config/options.js';

const SECRET = 'a secret of the tests that is long enough';
const DATABASE = { url: 'postgresql://user:password@localhost:5432/auth' };
const OPTIONS: AuthOptions = { jwt: { secret: SECRET }, database: DATABASE };

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
  ])('%j is refused', (text) => {
    expect(parseDurationSeconds(text)).toBeUndefined();
  });
});

describe('options', () => {
  test('have defaults, and durations in seconds', () => {
    expect(resolveConfig(OPTIONS)).toEqual({
      environment: 'production',
      jwt: {
        secret: SECRET,
        keys: [],
        issuer: 'auth-subgraph',
        audience: 'supergraph',
        accessTokenExpirationSeconds: 900,
        refreshTokenExpirationSeconds: 604_800,
      },
      session: { maxLifetimeSeconds: 7_776_000 },
      refreshReuseGraceSeconds: 30,
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
      registration: { enabled: true, requireEmailVerification: false, verificationTokenTtlSeconds: 86_400 },
      lockout: { enabled: true, maxAttempts: 5, maxAttemptsPerClient: 0, deviceCookies: false, durationSeconds: 900 },
      requiredScopes: {},
      authDirectives: false,
      mail: {
        from: 'Auth <no-reply@localhost>',
        productName: 'your account',
        verifyEmailUrl: 'http://localhost:3000/verify-email',
        resetPasswordUrl: 'http://localhost:3000/reset-password',
        confirmEmailChangeUrl: 'http://localhost:3000/confirm-email-change',
        loginUrl: 'http://localhost:3000/login',
      },
      database: { ...DATABASE, poolSize: 10, preparedStatements: true },
    });
  });

  test('are frozen once resolved', () => {
    const config = resolveConfig(OPTIONS);
    expect(() => Object.assign(config.jwt, { issuer: 'other' })).toThrow(TypeError);
    expect(() => Object.assign(config, { environment: 'test' })).toThrow(TypeError);
  });

  test('that are wrong are named all at once, with what to write instead', () => {
    const problems = problemsOf(() =>
      resolveConfig({
        jwt: { secret: 'hunter2', accessTokenExpiration: '3600', colour: 'red' },
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
    ['jwt.refreshTokenExpiration', { jwt: { secret: SECRET, refreshTokenExpiration: '15m' } }],
    ['session.maxLifetime', { session: { maxLifetime: '6d' } }],
    ['refreshReuseGraceSeconds', { jwt: { secret: SECRET, accessTokenExpiration: '20s' } }],
  ])('that contradict are refused: %s', (path, options) => {
    expect(Object.keys(problemsOf(() => resolveConfig({ ...OPTIONS, ...options })))).toEqual([path]);
  });

  test('a contradiction is found beside a wrong value in another section', () => {
    const options = { ...OPTIONS, session: { maxLifetime: '6d' }, password: { minLength: 1 } };
    expect(Object.keys(problemsOf(() => resolveConfig(options))).sort()).toEqual([
      'password.minLength',
      'session.maxLifetime',
    ]);
  });

  test('that are missing are named', () => {
    expect(Object.keys(problemsOf(() => resolveConfig({} as AuthOptions))).sort()).toEqual([
      'database.url',
      'jwt.secret',
    ]);
  });
});

describe('the environment', () => {
  test('has a variable for every setting, in the same words', () => {
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
      LOG_LEVEL: '',
    });
    expect(settings).toMatchObject({
      environment: 'development',
      port: 8080,
      password: { requireNumbers: true },
      registration: { enabled: false },
      jwt: { accessTokenExpiration: '5m' },
      logLevel: 'info',
    });
  });

  test('names its own variables when they are wrong, all at once', () => {
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

  test('holds the scopes that fields require as one text', () => {
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
  ])('refuses %j as the scopes that fields require', (text, path) => {
    const problems = problemsOf(() => readSettings({ REQUIRED_SCOPES: text }));
    expect(Object.keys(problems)).toEqual([path]);
    expect(Object.values(problems)[0]).toMatch(/; write /);
  });

  test('a problem within a value is named by variable too', () => {
    const error = new ConfigError([{ path: 'requiredScopes.Query.you', problem: 'is no field' }]);
    expect(inVariableNames(error).message).toContain('REQUIRED_SCOPES Query.you is no field');
  });

  test('contradictions are named by variable too', () => {
    const error = new ConfigError([{ path: 'session.maxLifetime', problem: 'is shorter' }]);
    expect(inVariableNames(error).message).toContain('SESSION_MAX_LIFETIME is shorter');
  });
});
