import { Kind, parse, type NameNode } from 'graphql';
import { z } from 'zod';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { commands } from '../../src/cli/commands/index.js';
import { resolveConfig } from '../../src/config/config.js';
import { optionSectionsOf } from '../../src/config/options.js';
import { emailsOf, eventClassesOf } from '../../src/core/composition/feature-parts.js';
import type { EventBus } from '../../src/core/events/event-bus.js';
import type { Feature } from '../../src/core/composition/feature.js';
import { FEATURES } from '../../src/features.js';
import { buildSchema } from '../../src/subgraph.js';
import { PassphraseAccepted, passphrase } from '../support/passphrase.feature.js';
import { createTestApp, TEST_SECRET, type TestApp, type TestOptions } from '../support/test-app.js';
import { claimsOf } from '../support/token-claims.js';
import { until } from '../support/until.js';

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

  test('opens sessions that record how the user was authenticated', async () => {
    const { email } = await app.register();
    const said = await say(email, 'shibboleth');
    expect(said).toMatchObject({ __typename: 'LoginSuccess', user: { email } });
    expect((await app.me(said.tokens.accessToken)).data).toMatchObject({ me: { email } });
    expect(claimsOf(said.tokens.accessToken)).toMatchObject({ sid: said.session.id, amr: ['passphrase'], acr: '1' });
    const { tokens } = await app.refresh(said.tokens.refreshToken);
    expect(claimsOf(tokens?.accessToken ?? '')).toMatchObject({ amr: ['passphrase'], acr: '1' });
  });

  test('adds an option with a default and validation', async () => {
    const { email } = await app.register();
    expect(await say(email, 'open sesame')).toMatchObject({ code: 'AUTH_INVALID_CREDENTIALS' });
    const own = await createTestApp({ features: [...FEATURES, passphrase] });
    const { email: other } = await own.register();
    const { data } = await own.request<Said>(SAY, { input: { email: other, phrase: 'open sesame' } });
    expect(data.sayPassphrase.__typename).toBe('LoginSuccess');
    const wrong = { passphrase: { phrase: '' } } as TestOptions;
    await expect(createTestApp({ ...wrong, features: [...FEATURES, passphrase] })).rejects.toThrow('passphrase.phrase');
  });

  test('delivers its event and sends its email', async () => {
    const own = await createTestApp({ features: [...FEATURES, passphrase] });
    const heard: unknown[] = [];
    own.auth.events.on(PassphraseAccepted, (event) => void heard.push(event.constructor, event.userId));
    await own.auth.start();
    const { email, userId } = await own.register();
    await own.request(SAY, { input: { email, phrase: 'open sesame' } });
    const mail = await own.mailer.next(email, 'passphrase-accepted');
    expect(mail).toMatchObject({ subject: 'You said the words to our service', to: email });
    await until(() => heard[0], 'the event');
    expect(heard).toEqual([PassphraseAccepted, userId]);
  });

  test('is in the schema only if it is enabled', () => {
    expect(buildSchema(undefined, [...FEATURES, passphrase]).sdl).toContain('sayPassphrase(');
    expect(buildSchema().sdl).not.toMatch(/passphrase/i);
  });
});

const OPTIONS = {
  jwt: { secret: TEST_SECRET },
  router: { allowDirectAccess: true },
  database: { url: 'postgres://h/d' },
};

interface Traces {
  readonly name: string;
  /** Types, and the fields of types that stay. */
  readonly schema?: readonly string[];
  readonly events?: readonly string[];
  readonly emails?: readonly string[];
  readonly listeners?: readonly string[];
  readonly commands?: readonly string[];
  readonly option?: readonly [section: string, key: string, value: unknown];
}

/** What each feature alone brings. */
const TRACES: readonly Traces[] = [
  {
    name: 'profile',
    schema: [
      ...['Query.me', 'User.publicMetadata', 'User.preferences'],
      ...['Mutation.updateProfile', 'UpdateProfileInput', 'UpdateProfileResult', 'ProfileUpdated'],
    ],
    events: ['ProfileUpdated'],
    option: ['rateLimits', 'updateProfile', 'off'],
  },
  { name: 'settings', schema: ['Query.authSettings', 'AuthSettings'] },
  {
    name: 'registration',
    schema: [
      ...['Mutation.register', 'RegisterInput', 'RegisterResult'],
      ...['EmailVerificationRequired', 'RegistrationDisabledError'],
    ],
    events: ['UserRegistered', 'RegistrationRefused'],
    emails: ['already-registered'],
    listeners: ['RegistrationRefused:mail'],
    option: ['registration', 'enabled', true],
  },
  {
    name: 'email-verification',
    schema: [
      ...['Mutation.verifyEmail', 'VerifyEmailInput', 'VerifyEmailResult', 'EmailVerified'],
      ...['Mutation.resendVerification', 'ResendVerificationInput', 'ResendVerificationResult'],
    ],
    events: ['EmailVerificationRequested'],
    emails: ['verify-email'],
    listeners: ['EmailVerificationRequested:mail', 'VerificationLinkRequested:token'],
    option: ['mail', 'verifyEmailUrl', 'https://app.example/page'],
  },
  {
    name: 'password',
    schema: [
      ...['Mutation.login', 'LoginInput', 'LoginResult', 'AccountLockedError', 'EmailNotVerifiedError'],
      ...['Mutation.forgotPassword', 'ForgotPasswordInput', 'ForgotPasswordResult'],
      ...['Mutation.resetPassword', 'ResetPasswordInput', 'ResetPasswordResult'],
      ...['Mutation.changePassword', 'ChangePasswordInput', 'ChangePasswordResult', 'PasswordChanged'],
    ],
    events: ['PasswordChanged', 'PasswordReset', 'PasswordResetLinkRequested', 'PasswordResetRequested'],
    emails: ['reset-password', 'password-changed'],
    listeners: [
      ...['PasswordChanged:mail', 'PasswordReset:mail'],
      ...['PasswordResetLinkRequested:token', 'PasswordResetRequested:mail'],
    ],
    option: ['password', 'resetTokenTtlSeconds', 600],
  },
  {
    name: 'sessions',
    schema: [
      ...['Mutation.refresh', 'RefreshInput', 'RefreshResult', 'Mutation.logout', 'LogoutResult', 'User.sessions'],
      ...['Mutation.revokeSession', 'RevokeSessionInput', 'RevokeSessionResult', 'SessionRevoked'],
      ...['Mutation.revokeOtherSessions', 'Mutation.revokeAllSessions', 'RevokeSessionsResult', 'SessionsRevoked'],
      'SessionNotFoundError',
    ],
    events: ['UserLoggedOut', 'RefreshTokenReuseDetected'],
    emails: ['new-device'],
    listeners: ['UserLoggedIn:mail'],
    commands: ['sessions list', 'sessions revoke'],
    option: ['rateLimits', 'refresh', 'off'],
  },
  {
    name: 'email-change',
    schema: [
      ...['Mutation.changeEmail', 'ChangeEmailInput', 'ChangeEmailResult', 'EmailChanged'],
      ...['Mutation.confirmEmailChange', 'ConfirmEmailChangeInput', 'ConfirmEmailChangeResult'],
    ],
    events: ['EmailChanged', 'EmailChangeRequested'],
    emails: ['change-email-confirm', 'change-email-notice', 'email-changed'],
    listeners: ['EmailChanged:mail', 'EmailChangeRequested:mail', 'EmailChangeRequested:mail-notice'],
    option: ['mail', 'confirmEmailChangeUrl', 'https://app.example/page'],
  },
  {
    name: 'lockout',
    events: ['AccountLockedByOperator'],
    emails: ['account-locked'],
    listeners: ['AccountLocked:mail'],
    commands: ['users lock', 'users unlock'],
  },
  { name: 'roles', events: ['RolesChanged'], commands: ['roles', 'users roles'] },
  {
    name: 'invitations',
    schema: ['Mutation.acceptInvitation', 'AcceptInvitationInput', 'AcceptInvitationResult'],
    events: ['UserCreated', 'InvitationRequested', 'InvitationAccepted'],
    emails: ['invitation'],
    listeners: ['InvitationRequested:mail'],
    commands: ['users create'],
    option: ['mail', 'acceptInvitationUrl', 'https://app.example/page'],
  },
  {
    name: 'audit-trail',
    schema: [
      ...['User.securityEvents', 'AuthSecurityEventConnection', 'AuthSecurityEventEdge', 'AuthSecurityEvent'],
      ...['AuthActor', 'AuthActorKind', 'AuthPageInfo'],
    ],
    commands: ['audit list'],
  },
  {
    name: 'accounts',
    events: ['UserDeactivated', 'UserReactivated'],
    commands: ['users show', 'users verify', 'users deactivate', 'users reactivate'],
  },
  {
    name: 'account-closing',
    events: ['AccountClosed', 'UserErased'],
    emails: ['account-closed'],
    listeners: ['AccountClosed:mail'],
    commands: ['users delete'],
    option: ['accountClosing', 'grace', '1d'],
  },
  {
    name: 'service-accounts',
    events: ['ServiceAccountCreated', 'ServiceAccountDeleted', 'ServiceKeyCreated', 'ServiceKeyRevoked'],
    commands: [
      ...['services create', 'services list', 'services delete'],
      ...['services keys create', 'services keys revoke'],
    ],
    option: ['rateLimits', 'issueServiceToken', 'off'],
  },
  { name: 'user-list', commands: ['users list'] },
  { name: 'diagnosis' },
  { name: 'user-import', events: ['PasswordHashesExported'], commands: ['users export', 'users import'] },
];

/** The types of a schema, and the fields of those that several features share. */
function namesIn(sdl: string): string[] {
  return parse(sdl).definitions.flatMap((definition) => {
    const { kind } = definition;
    const { name } = definition as { name?: NameNode };
    if (!name) return [];
    const isShared = ['Query', 'Mutation', 'User'].includes(name.value);
    const fields = isShared && kind === Kind.OBJECT_TYPE_DEFINITION ? (definition.fields ?? []) : [];
    return [name.value, ...fields.map((field) => `${name.value}.${field.name.value}`)];
  });
}

function removed(all: readonly string[], left: readonly string[]): string[] {
  return all.filter((name) => !left.includes(name)).sort();
}

describe.each(TRACES)(
  'without the feature $name',
  ({ name, schema = [], events = [], emails = [], option, ...rest }) => {
    const without = FEATURES.filter((feature) => feature.name !== name);

    test('the schema lacks exactly what the feature adds', () => {
      const { sdl } = buildSchema(undefined, without);
      expect(removed(namesIn(buildSchema().sdl), namesIn(sdl))).toEqual([...schema].sort());
    });

    test('its events and emails do not exist', () => {
      const eventsOf = (features: readonly Feature[]): string[] => Object.keys(eventClassesOf(features));
      const kindsOf = (features: readonly Feature[]): string[] => emailsOf(features).map(({ kind }) => kind);
      expect(removed(eventsOf(FEATURES), eventsOf(without))).toEqual([...events].sort());
      expect(removed(kindsOf(FEATURES), kindsOf(without))).toEqual([...emails].sort());
    });

    test('none of its listeners is registered', async () => {
      const { listeners = [] } = rest;
      const [all, left] = await Promise.all([listenersWith(FEATURES), listenersWith(without)]);
      expect(removed(all, left)).toEqual([...listeners].sort());
    });

    test('its options are unknown', () => {
      if (option) {
        const [section, key, value] = option;
        const given = { ...OPTIONS, [section]: { [key]: value } };
        expect(() => resolveConfig(given, FEATURES)).not.toThrow();
        expect(() => resolveConfig(given, without)).toThrow(new RegExp(`${section}(\\.${key})? is not an option`));
      } else expect(optionNames(without)).toEqual(optionNames(FEATURES));
    });
  },
);

/** The listeners of a running subgraph. */
async function listenersWith(features: readonly Feature[]): Promise<string[]> {
  const { auth } = await createTestApp({ features, background: true });
  const bus = auth.events as EventBus;
  return Object.keys(eventClassesOf(FEATURES)).flatMap((event) => bus.namesOf(event));
}

function optionNames(features: readonly Feature[]): string {
  return JSON.stringify(
    z.toJSONSchema(z.strictObject(optionSectionsOf(features)), { io: 'input', unrepresentable: 'any' }),
  );
}

test('the traces of every feature are listed', () => {
  expect(TRACES.map(({ name }) => name).sort()).toEqual(FEATURES.map(({ name }) => name).sort());
});

test('the command line has the commands of the features, and no other that works on the subgraph', () => {
  const ofFeatures = FEATURES.flatMap((feature: Feature) => feature.commands ?? []).map(({ name }) => name);
  expect(ofFeatures.sort()).toEqual(TRACES.flatMap(({ commands: ofFeature = [] }) => ofFeature).sort());
  const ofCore = [
    'serve',
    'demo',
    'migrate',
    'migrate status',
    'migrate up',
    'events failed',
    'events replay',
    'events discard',
    'gateway-config',
  ];
  const earlier = ['unlock', 'events parked'];
  const aboutSettings = /^(keys |schema |config |doctor)/;
  const names = commands.map(({ name }) => name).filter((name) => !aboutSettings.test(name) && !earlier.includes(name));
  expect(names.sort()).toEqual([...ofCore, ...ofFeatures].sort());
});
