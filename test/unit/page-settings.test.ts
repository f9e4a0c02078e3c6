import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../../src/config/env.js';
import { ConfigError } from '../../src/platform/options/config-error.js';
import { PRODUCTION } from '../support/production-settings.js';

type Variables = Readonly<Record<string, string>>;

const ORIGIN = 'https://auth.example.com';
const PUBLISHED = { ...PRODUCTION, PAGES_PUBLIC_URL: ORIGIN };
const YOURS = 'http://localhost:3000';

function linksWith(variables: Variables): object {
  const { mail } = readSettings(variables);
  const { verifyEmailUrl, resetPasswordUrl, acceptInvitationUrl, confirmEmailChangeUrl, loginUrl } = mail;
  return { verifyEmailUrl, resetPasswordUrl, acceptInvitationUrl, confirmEmailChangeUrl, loginUrl };
}

function linksTo(origin: string): object {
  return {
    verifyEmailUrl: `${origin}/account/verify-email#token=`,
    resetPasswordUrl: `${origin}/account/reset-password#token=`,
    acceptInvitationUrl: `${origin}/account/accept-invitation#token=`,
    confirmEmailChangeUrl: `${origin}/account/confirm-email-change#token=`,
    loginUrl: `${origin}/account/sign-in`,
  };
}

const TO_YOUR_PAGES = {
  verifyEmailUrl: `${YOURS}/verify-email`,
  resetPasswordUrl: `${YOURS}/reset-password`,
  acceptInvitationUrl: `${YOURS}/accept-invitation`,
  confirmEmailChangeUrl: `${YOURS}/confirm-email-change`,
  loginUrl: `${YOURS}/login`,
};

function problemsOf(variables: Variables): object {
  try {
    readSettings(variables);
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ path, problem }) => [path, problem]));
  }
}

describe('emails lead to', () => {
  test('the pages of the service in development, with the token in the fragment', () => {
    expect(linksWith({})).toEqual(linksTo('http://localhost:4001'));
    expect(linksWith({ PORT: '4321' })).toEqual(linksTo('http://localhost:4321'));
  });

  test('the public origin of the pages', () => {
    expect(linksWith(PUBLISHED)).toEqual(linksTo(ORIGIN));
    expect(linksWith({ ...PRODUCTION, PAGES_PUBLIC_URL: `${ORIGIN}/` })).toEqual(linksTo(ORIGIN));
  });

  test('a page of your application if its address is set, even if that is the default', () => {
    const variables = { MAIL_VERIFY_EMAIL_URL: `${YOURS}/verify-email`, MAIL_LOGIN_URL: 'https://app.example.com/' };
    expect(linksWith(variables)).toEqual({
      ...linksTo('http://localhost:4001'),
      verifyEmailUrl: `${YOURS}/verify-email`,
      loginUrl: 'https://app.example.com/',
    });
  });

  test.each<Variables>([
    { PAGES_ENABLED: 'false' },
    PRODUCTION,
    { NODE_ENV: 'test' },
    { PORT: '0' },
    { ...PUBLISHED, PAGES_ENABLED: 'false' },
  ])('your application with %j', (variables) => {
    expect(linksWith(variables)).toEqual(TO_YOUR_PAGES);
  });
});

describe('in cookie mode', () => {
  const COOKIES = { REFRESH_COOKIE_ENABLED: 'true', REFRESH_COOKIE_ALLOWED_ORIGINS: 'https://app.example.com' };
  const allowed = (variables: Variables): string | undefined => readSettings(variables).refreshCookie.allowedOrigins;

  test('the pages may sign in', () => {
    expect(allowed({ ...COOKIES, ...PUBLISHED })).toBe(`https://app.example.com, ${ORIGIN}`);
    expect(allowed(COOKIES)).toBe('https://app.example.com, http://localhost:4001');
    expect(allowed({ ...COOKIES, REFRESH_COOKIE_ALLOWED_ORIGINS: ORIGIN, ...PUBLISHED })).toBe(ORIGIN);
    expect(allowed({ REFRESH_COOKIE_ENABLED: 'true', ...PUBLISHED })).toBe(ORIGIN);
  });

  test('without pages, no other origin may sign in', () => {
    expect(allowed({ ...COOKIES, ...PRODUCTION })).toBe('https://app.example.com');
    expect(allowed({ ...COOKIES, PAGES_ENABLED: 'false' })).toBe('https://app.example.com');
  });
});

describe('production refuses', () => {
  test('pages without their origin', () => {
    expect(problemsOf({ ...PRODUCTION, PAGES_ENABLED: 'true' })).toEqual({
      PAGES_PUBLIC_URL: 'is missing; write the origin of the pages, such as "https://auth.example.com"',
    });
  });

  test('http, even on this machine', () => {
    const http = 'uses http, which production refuses; write an https address';
    const variables = {
      ...PRODUCTION,
      PAGES_PUBLIC_URL: 'http://localhost:4001',
      PAGES_GRAPHQL_URL: 'http://localhost:4000/graphql',
      PAGES_CONTINUE_ORIGINS: 'https://app.example.com, http://localhost:3000',
    };
    expect(problemsOf(variables)).toEqual({
      PAGES_PUBLIC_URL: http,
      PAGES_GRAPHQL_URL: http,
      PAGES_CONTINUE_ORIGINS: http,
    });
    expect(problemsOf({ ...variables, PAGES_ENABLED: 'false' })).toEqual({});
  });
});

test.each([
  'auth.example.com',
  '//auth.example.com',
  'http://auth.example.com',
  'https://auth.example.com/account',
  'https://auth.example.com?x',
  'https://user@auth.example.com',
  'javascript:alert(1)',
  'https://*.example.com',
])('%s is not an origin of pages', (origin) => {
  expect(Object.keys(problemsOf({ PAGES_PUBLIC_URL: origin }))).toEqual(['PAGES_PUBLIC_URL']);
  expect(Object.keys(problemsOf({ PAGES_CONTINUE_ORIGINS: `https://a.example,${origin}` }))).toEqual([
    'PAGES_CONTINUE_ORIGINS',
  ]);
});

test.each([
  'graphql',
  '//api.example.com/graphql',
  '/\\api.example.com',
  'ftp://api.example.com',
  'https:/graphql',
  '/a b',
  'https://user:password@api.example.com/graphql',
  'https://user@api.example.com/graphql',
  'https://:password@api.example.com/graphql',
])('%s is not an address for operations', (address) => {
  expect(Object.keys(problemsOf({ PAGES_GRAPHQL_URL: address }))).toEqual(['PAGES_GRAPHQL_URL']);
});

test.each(['/graphql', '/api/graphql?x=1', 'https://api.example.com/graphql', 'http://localhost:4000/graphql'])(
  '%s is an address for operations',
  (address) => {
    expect(readSettings({ PAGES_GRAPHQL_URL: address }).pages.graphqlUrl).toBe(address);
  },
);
