import { beforeAll, describe, expect, test } from '@jest/globals';
import { resolveConfig } from '../../src/config/config.js';
import { optionSectionsOf } from '../../src/config/options.js';
import { emailsOf, eventClassesOf } from '../../src/core/composition/feature-parts.js';
import type { Feature } from '../../src/core/composition/feature.js';
import { FEATURES } from '../../src/features.js';
import { buildSchema } from '../../src/subgraph.js';
import { PassphraseAccepted, passphrase } from '../support/passphrase.feature.js';
import { createTestApp, TEST_SECRET, type TestApp, type TestOptions } from '../support/test-app.js';
import { claimsOf } from '../support/token-claims.js';

const SAY = `mutation ($input: SayPassphraseInput!) {
  sayPassphrase(input: $input) {
    __typename ... on LoginSuccess { user { email } session { id } tokens { accessToken refreshToken } }
    ... on AuthError { code }
  }
}`;

interface Said {
  readonly sayPassphrase: {
    readonly __typename: string;
    readonly code?: string;
    readonly user: { readonly email: string };
    readonly session: { readonly id: string };
    readonly tokens: { readonly accessToken: string; readonly refreshToken: string };
  };
}

describe('a feature that is added', () => {
  let app: TestApp;
  beforeAll(async () => {
    const option = { passphrase: { phrase: 'shibboleth' } };
    app = await createTestApp({ ...(option as TestOptions), features: [...FEATURES, passphrase], background: true });
  });

  async function say(email: string, phrase: string): Promise<Said['sayPassphrase']> {
    return (await app.request<Said>(SAY, { input: { email, phrase } })).data.sayPassphrase;
  }

  test('opens a session like every other, which knows how it was opened', async () => {
    const { email } = await app.register();
    const said = await say(email, 'shibboleth');
    expect(said).toMatchObject({ __typename: 'LoginSuccess', user: { email } });
    expect((await app.me(said.tokens.accessToken)).data).toMatchObject({ me: { email } });
    expect(claimsOf(said.tokens.accessToken)).toMatchObject({ sid: said.session.id, amr: ['passphrase'], acr: '1' });
    const { tokens } = await app.refresh(said.tokens.refreshToken);
    expect(claimsOf(tokens?.accessToken ?? '')).toMatchObject({ amr: ['passphrase'], acr: '1' });
  });

  test('has its option, with a default and a check', async () => {
    const { email } = await app.register();
    expect(await say(email, 'open sesame')).toMatchObject({ code: 'AUTH_INVALID_CREDENTIALS' });
    const own = await createTestApp({ features: [...FEATURES, passphrase] });
    const { email: other } = await own.register();
    const { data } = await own.request<Said>(SAY, { input: { email: other, phrase: 'open sesame' } });
    expect(data.sayPassphrase.__typename).toBe('LoginSuccess');
    const wrong = { passphrase: { phrase: '' } } as TestOptions;
    await expect(createTestApp({ ...wrong, features: [...FEATURES, passphrase] })).rejects.toThrow('passphrase.phrase');
  });

  test('has its event delivered and its email sent', async () => {
    const own = await createTestApp({ features: [...FEATURES, passphrase] });
    const heard: unknown[] = [];
    own.auth.events.on(PassphraseAccepted, (event) => void heard.push(event.constructor, event.userId));
    await own.auth.start();
    const { email, userId } = await own.register();
    await own.request(SAY, { input: { email, phrase: 'open sesame' } });
    const mail = await own.mailer.next(email, 'passphrase-accepted');
    expect(mail).toMatchObject({ subject: 'You said the words to your account', to: email });
    expect(heard).toEqual([PassphraseAccepted, userId]);
  });

  test('is in the schema only where it is on', () => {
    expect(buildSchema(undefined, [...FEATURES, passphrase]).sdl).toContain('sayPassphrase(');
    expect(buildSchema().sdl).not.toMatch(/passphrase/i);
  });
});

const OPTIONS = {
  jwt: { secret: TEST_SECRET },
  router: { allowDirectAccess: true },
  database: { url: 'postgres://h/d' },
};

/** What each feature alone brings. */
const TRACES: readonly {
  name: string;
  schema?: RegExp;
  events?: RegExp;
  emails?: RegExp;
  option?: [string, string];
}[] = [
  { name: 'profile', schema: /^type Query|\bme\b/m },
  {
    name: 'registration',
    schema: /\bregister\(|\bRegister|Registration|EmailVerificationRequired/,
    events: /^UserRegistered$|^RegistrationRefused$/,
    emails: /^already-registered$/,
    option: ['registration', 'enabled'],
  },
  {
    name: 'email-verification',
    schema: /verifyEmail|VerifyEmail|esendVerification|\bEmailVerified\b/,
    events: /^EmailVerificationRequested$/,
    emails: /^verify-email$/,
    option: ['mail', 'verifyEmailUrl'],
  },
  {
    name: 'password',
    schema: /\blogin\(|LoginInput|LoginResult|AccountLocked|forgotPassword|esetPassword|hangePassword|PasswordChanged/,
    events: /^Password/,
    emails: /password/,
    option: ['password', 'resetTokenTtlSeconds'],
  },
  {
    name: 'sessions',
    schema:
      /\brefresh\(|Refresh(Input|Result)|logout|Logout|evokeSession|evokeOther|evokeAll|\bsessions\b|SessionRevoked/,
    events: /^UserLoggedOut$|^RefreshTokenReuseDetected$/,
    emails: /^new-device$/,
  },
  {
    name: 'email-change',
    schema: /hangeEmail|EmailChange/,
    events: /^EmailChange/,
    emails: /change/,
    option: ['mail', 'confirmEmailChangeUrl'],
  },
  { name: 'lockout', emails: /^account-locked$/ },
  { name: 'roles', events: /^RolesChanged$/ },
];

describe.each(TRACES)('without the feature $name', ({ name, schema, events, emails, option }) => {
  const without = FEATURES.filter((feature) => feature.name !== name);

  test('nothing of it is in the schema', () => {
    if (schema === undefined) {
      expect(buildSchema(undefined, without).sdl).toBe(buildSchema().sdl);
      return;
    }
    expect(buildSchema().sdl).toMatch(schema);
    expect(buildSchema(undefined, without).sdl).not.toMatch(schema);
  });

  test('its events, emails and listeners are gone', async () => {
    const names = (all: readonly Feature[]): string[] => [
      ...Object.keys(eventClassesOf(all)).filter((event) => events?.test(event)),
      ...emailsOf(all).flatMap(({ kind }) => (emails?.test(kind) && !kind.includes('password-x') ? [kind] : [])),
    ];
    if (events ?? emails) expect(names(FEATURES)).not.toEqual([]);
    expect(names(without)).toEqual([]);
    const app = await createTestApp({ features: without, background: true });
    await app.auth.start().catch(() => undefined);
  });

  test('its options are unknown', () => {
    const sections = Object.keys(optionSectionsOf(without));
    expect(sections).not.toContain(name);
    if (!option) return;
    const [section, key] = option;
    const value = key === 'enabled' ? true : key.endsWith('Seconds') ? 600 : 'https://app.example/page';
    const given = { ...OPTIONS, [section]: { [key]: value } };
    expect(() => resolveConfig(given, FEATURES)).not.toThrow();
    expect(() => resolveConfig(given, without)).toThrow(`${section}.${key} is not an option`);
  });
});

test('every feature has its traces listed', () => {
  expect(TRACES.map(({ name }) => name).sort()).toEqual(FEATURES.map(({ name }) => name).sort());
});
