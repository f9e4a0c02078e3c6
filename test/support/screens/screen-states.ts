import type { Answer, ScreenName } from './screens-page.types.js';

/** A state of a screen, and how it comes about. */
export interface ScreenState {
  readonly screen: ScreenName;
  readonly name: string;
  readonly props?: object;
  /** Answers that the real service gives only after some time, or when it is ill. */
  readonly answers?: Readonly<Record<string, Answer>>;
  /** What is pressed, in order, as selectors. */
  readonly presses?: readonly string[];
  /** Whether the fields stay empty. */
  readonly isEmpty?: boolean;
  /** The expected `data-view` and `data-state`. */
  readonly view?: string;
  readonly state: string;
  /** What else has to be there. */
  readonly has?: string;
}

/** A text of the service, which no screen shows. */
export const SERVER_TEXT = 'A text of the service.';
const WAIT = { retryAfterSeconds: 600 };
const TOKEN = { token: 'token' };
const EMAIL = 'ada@example.com';
const SUBMIT = 'button[type=submit]';
const RULES = [
  'MIN_LENGTH',
  'MAX_LENGTH',
  'UPPERCASE',
  'LOWERCASE',
  'NUMBER',
  'SPECIAL_CHARACTER',
  'COMMON_PASSWORD',
  'CONTAINS_EMAIL',
  'REUSED',
];

type Answers = Record<string, Answer>;

/** What a mutation returns. */
export function answerOf(operation: string, result: object): Answers {
  const field = `${operation[0]?.toLowerCase() ?? ''}${operation.slice(1)}`;
  return { [operation]: { data: { [field]: result } } };
}

/** What a mutation returns if it fails as expected. */
export const failure = (operation: string, code: string, more: object = {}): Answers =>
  answerOf(operation, { __typename: 'AnyError', code, message: SERVER_TEXT, ...more });
const topLevel = (operation: string, code: string): Answers => ({
  [operation]: { errors: [{ message: SERVER_TEXT, extensions: { code } }] },
});
const sent = (operation: string): Answers => answerOf(operation, { __typename: 'MailRequested', email: EMAIL });

/** The states that follow when a form is sent: one for each code of an error. */
function failures(
  screen: ScreenName,
  operation: string,
  codes: Readonly<Record<string, object>>,
  props?: object,
): ScreenState[] {
  const base = { screen, ...(props && { props }), presses: [SUBMIT] };
  const expected = Object.entries(codes).map(([code, more]) => ({
    ...base,
    name: code,
    answers: failure(operation, code, more),
    state: 'failed',
  }));
  return [
    ...expected,
    { ...base, name: 'pending', answers: { [operation]: 'waits' }, state: 'pending' },
    {
      ...base,
      name: 'too many requests',
      answers: failure(operation, 'AUTH_TOO_MANY_REQUESTS', WAIT),
      state: 'failed',
    },
    { ...base, name: 'no network', answers: { [operation]: 'fails' }, state: 'failed' },
  ];
}

const empty = (screen: ScreenName, props?: object): ScreenState[] => [
  { screen, ...(props && { props }), name: 'idle', state: 'idle' },
  { screen, ...(props && { props }), name: 'sent empty', presses: [SUBMIT], isEmpty: true, state: 'failed' },
];

const unverified = { screen: 'SignIn', view: 'sent' } as const;
const expired = { screen: 'VerifyEmail', props: TOKEN } as const;
const invalidToken = failure('VerifyEmail', 'AUTH_INVALID_TOKEN');
const notVerified = failure('Login', 'AUTH_EMAIL_NOT_VERIFIED');

/** The states for which nobody needs to be signed in. */
export const SIGNED_OUT: readonly ScreenState[] = [
  ...empty('SignIn'),
  ...failures('SignIn', 'Login', {
    AUTH_INVALID_CREDENTIALS: {},
    AUTH_INVALID_INPUT: { field: 'email' },
    AUTH_ACCOUNT_LOCKED: WAIT,
    A_CODE_OF_LATER: {},
  }),
  {
    screen: 'SignIn',
    name: 'overload',
    answers: topLevel('Login', 'SERVICE_UNAVAILABLE'),
    presses: [SUBMIT],
    state: 'failed',
  },
  {
    screen: 'SignIn',
    name: 'a defect',
    answers: topLevel('Login', 'INTERNAL_SERVER_ERROR'),
    presses: [SUBMIT],
    state: 'failed',
  },
  { ...unverified, name: 'unverified', answers: notVerified, presses: [SUBMIT], state: 'idle' },
  {
    ...unverified,
    name: 'unverified, sent again',
    answers: { ...notVerified, ...sent('ResendVerification') },
    presses: [SUBMIT, `[data-view=sent] ${SUBMIT}`],
    state: 'done',
  },
  ...empty('SignUp'),
  ...failures('SignUp', 'Register', {
    AUTH_WEAK_PASSWORD: { violations: RULES },
    AUTH_EMAIL_ALREADY_EXISTS: {},
    AUTH_REGISTRATION_DISABLED: {},
    AUTH_INVALID_INPUT: { field: 'firstName' },
  }),
  {
    screen: 'SignUp',
    name: 'email sent',
    answers: answerOf('Register', { __typename: 'EmailVerificationRequired', email: EMAIL }),
    presses: [SUBMIT],
    view: 'sent',
    state: 'idle',
  },
  { ...expired, name: 'idle', state: 'idle' },
  ...failures('VerifyEmail', 'VerifyEmail', {}, TOKEN),
  {
    ...expired,
    name: 'done',
    answers: answerOf('VerifyEmail', { __typename: 'EmailVerified', user: { id: '1' } }),
    presses: [SUBMIT],
    view: 'done',
    state: 'done',
  },
  {
    ...expired,
    name: 'done before',
    answers: failure('VerifyEmail', 'AUTH_EMAIL_ALREADY_VERIFIED'),
    presses: [SUBMIT],
    view: 'done',
    state: 'done',
  },
  { ...expired, name: 'expired', answers: invalidToken, presses: [SUBMIT], view: 'expired', state: 'failed' },
  {
    ...expired,
    name: 'expired, sent empty',
    answers: invalidToken,
    presses: [SUBMIT, `[data-view=expired] ${SUBMIT}`],
    isEmpty: true,
    view: 'expired',
    state: 'failed',
  },
  {
    ...expired,
    name: 'new link sent',
    answers: { ...invalidToken, ...sent('ResendVerification') },
    presses: [SUBMIT, `[data-view=expired] ${SUBMIT}`],
    view: 'sent',
    state: 'idle',
  },
  ...empty('ForgotPassword'),
  ...failures('ForgotPassword', 'ForgotPassword', { AUTH_INVALID_INPUT: { field: 'email' } }),
  {
    screen: 'ForgotPassword',
    name: 'sent',
    answers: sent('ForgotPassword'),
    presses: [SUBMIT],
    view: 'sent',
    state: 'idle',
  },
  ...empty('ResetPassword', { ...TOKEN, email: EMAIL }),
  ...failures('ResetPassword', 'ResetPassword', { AUTH_WEAK_PASSWORD: { violations: RULES } }, TOKEN),
  {
    screen: 'ResetPassword',
    props: TOKEN,
    name: 'expired',
    answers: failure('ResetPassword', 'AUTH_INVALID_TOKEN'),
    presses: [SUBMIT],
    view: 'expired',
    state: 'failed',
  },
  {
    screen: 'ResetPassword',
    props: TOKEN,
    name: 'done',
    answers: answerOf('ResetPassword', { __typename: 'PasswordChanged', user: { id: '1' } }),
    presses: [SUBMIT],
    view: 'done',
    state: 'done',
  },
  ...empty('AcceptInvitation', { ...TOKEN, email: EMAIL }),
  ...failures('AcceptInvitation', 'AcceptInvitation', { AUTH_WEAK_PASSWORD: { violations: RULES } }, TOKEN),
  {
    screen: 'AcceptInvitation',
    props: TOKEN,
    name: 'expired',
    answers: failure('AcceptInvitation', 'AUTH_INVALID_TOKEN'),
    presses: [SUBMIT],
    view: 'expired',
    state: 'failed',
  },
  { screen: 'ConfirmEmailChange', props: TOKEN, name: 'signed out', view: 'signed-out', state: 'idle' },
  ...(['Account', 'Profile', 'Sessions', 'SecurityEvents'] as const).map((screen): ScreenState => ({
    screen,
    name: 'signed out',
    view: 'signedOut',
    state: 'idle',
  })),
];

const session = (id: number, more: object): object => ({
  id: String(id),
  deviceName: 'Firefox on Linux',
  userAgent: null,
  ipAddress: '203.0.113.7',
  createdAt: '2026-01-02T03:04:05.000Z',
  lastUsedAt: '2026-11-20T15:04:05.000Z',
  expiresAt: '2026-12-20T15:04:05.000Z',
  current: false,
  ...more,
});
const list = answerOf('Sessions', {});
list['Sessions'] = {
  data: {
    me: {
      id: '1',
      sessions: [
        session(1, { current: true }),
        session(2, { deviceName: null, ipAddress: '2001:db8:85a3:8d3:1319:8a2e:370:7348' }),
        session(3, { deviceName: 'Safari on iOS' }),
      ],
    },
  },
};
const user = (emailVerified: boolean): Answers => ({
  Me: {
    data: {
      me: {
        id: '1',
        firstName: 'Ada',
        lastName: 'Lovelace',
        displayName: emailVerified ? null : 'The Countess',
        avatarUrl: null,
        locale: null,
        email: emailVerified ? EMAIL : 'ada.lovelace.countess@analytical-engine.example.com',
        emailVerified,
        active: true,
        roles: [],
        createdAt: '2026-01-02T03:04:05.000Z',
        lastLoginAt: '2026-11-20T15:04:05.000Z',
      },
    },
  },
});
const securityEvents = (hasNextPage: boolean, names: readonly string[]): Answers => ({
  SecurityEvents: {
    data: {
      me: {
        id: '1',
        securityEvents: {
          nodes: names.map((name, index) => ({
            ...{ id: String(index), name, occurredAt: '2026-11-20T15:04:05.000Z', actor: { kind: 'USER' } },
            ...{ sessionId: null, details: null, userAgent: null },
            deviceName: name === 'UserLoggedIn' ? 'Firefox on Linux' : null,
            ipAddress: name.startsWith('A') ? null : '2001:db8:85a3:8d3:1319:8a2e:370:7348',
          })),
          pageInfo: { hasNextPage, endCursor: hasNextPage ? 'cursor' : null },
        },
      },
    },
  },
});
const EVENTS = ['UserLoggedIn', 'SignInFailed', 'AccountLocked', 'PasswordChanged', 'UserRegistered'];
/** The profile with its form open. */
const editing = { screen: 'Profile', answers: user(true), presses: ['summary', SUBMIT] } as const;
const END = '[data-auth-part=item] button';
const END_OTHERS = '[data-auth-part=screen] > button';

/** The states that only a signed-in user sees. */
export const SIGNED_IN: readonly ScreenState[] = [
  ...empty('ChangePassword'),
  ...failures('ChangePassword', 'ChangePassword', {
    AUTH_INVALID_CREDENTIALS: {},
    AUTH_WEAK_PASSWORD: { violations: RULES },
  }),
  {
    screen: 'ChangePassword',
    name: 'signed out meanwhile',
    answers: topLevel('ChangePassword', 'UNAUTHENTICATED'),
    presses: [SUBMIT],
    state: 'failed',
  },
  {
    screen: 'ChangePassword',
    name: 'done',
    answers: answerOf('ChangePassword', { __typename: 'PasswordChanged', user: { id: '1' } }),
    presses: [SUBMIT],
    state: 'done',
  },
  ...empty('ChangeEmail'),
  ...failures('ChangeEmail', 'ChangeEmail', {
    AUTH_INVALID_CREDENTIALS: {},
    AUTH_INVALID_INPUT: { field: 'newEmail' },
  }),
  { screen: 'ChangeEmail', name: 'sent', answers: sent('ChangeEmail'), presses: [SUBMIT], view: 'sent', state: 'done' },
  { screen: 'ConfirmEmailChange', props: TOKEN, name: 'idle', state: 'idle' },
  ...failures('ConfirmEmailChange', 'ConfirmEmailChange', {}, TOKEN),
  {
    screen: 'ConfirmEmailChange',
    props: TOKEN,
    name: 'taken',
    answers: failure('ConfirmEmailChange', 'AUTH_EMAIL_ALREADY_EXISTS'),
    presses: [SUBMIT],
    view: 'expired',
    state: 'failed',
  },
  {
    screen: 'ConfirmEmailChange',
    props: TOKEN,
    name: 'done before',
    answers: failure('ConfirmEmailChange', 'AUTH_EMAIL_ALREADY_VERIFIED'),
    presses: [SUBMIT],
    view: 'done',
    state: 'done',
  },
  {
    screen: 'ConfirmEmailChange',
    props: TOKEN,
    name: 'expired',
    answers: failure('ConfirmEmailChange', 'AUTH_INVALID_TOKEN'),
    presses: [SUBMIT],
    view: 'expired',
    state: 'failed',
  },
  {
    screen: 'ConfirmEmailChange',
    props: TOKEN,
    name: 'done',
    answers: answerOf('ConfirmEmailChange', { __typename: 'EmailChanged', user: { id: '1', email: EMAIL } }),
    presses: [SUBMIT],
    view: 'done',
    state: 'done',
  },
  {
    screen: 'Profile',
    name: 'unverified',
    answers: user(false),
    state: 'idle',
    has: '[data-auth-part=badge][data-state=bad]',
  },
  {
    screen: 'Profile',
    name: 'verified',
    answers: user(true),
    state: 'idle',
    has: '[data-auth-part=badge][data-state=good]',
  },
  {
    screen: 'Profile',
    name: 'link sent',
    answers: { ...user(false), ...sent('ResendVerification') },
    presses: [SUBMIT],
    state: 'done',
  },
  { ...editing, name: 'editing', presses: ['summary'], state: 'idle', has: 'details[open]' },
  {
    ...editing,
    name: 'invalid',
    answers: { ...user(true), ...failure('UpdateProfile', 'AUTH_INVALID_INPUT', { field: 'avatarUrl' }) },
    state: 'failed',
  },
  { ...editing, name: 'pending', answers: { ...user(true), UpdateProfile: 'waits' }, state: 'pending' },
  { ...editing, name: 'no network', answers: { ...user(true), UpdateProfile: 'fails' }, state: 'failed' },
  {
    ...editing,
    name: 'saved',
    answers: { ...user(true), ...answerOf('UpdateProfile', { __typename: 'ProfileUpdated', user: { id: '1' } }) },
    state: 'done',
  },
  { screen: 'SecurityEvents', name: 'idle', answers: securityEvents(true, EVENTS), state: 'idle' },
  { screen: 'SecurityEvents', name: 'of later', answers: securityEvents(false, ['AnEventOfLater']), state: 'idle' },
  { screen: 'SecurityEvents', name: 'empty', answers: securityEvents(false, []), state: 'idle' },
  { screen: 'Sessions', name: 'idle', answers: list, state: 'idle' },
  {
    screen: 'Sessions',
    name: 'one ended',
    answers: { ...list, ...answerOf('RevokeSession', { __typename: 'SessionRevoked', sessionId: '2' }) },
    presses: [END],
    state: 'done',
  },
  {
    screen: 'Sessions',
    name: 'others ended',
    answers: { ...list, ...answerOf('RevokeOtherSessions', { __typename: 'SessionsRevoked', count: 2 }) },
    presses: [END_OTHERS],
    state: 'done',
  },
  {
    screen: 'Sessions',
    name: 'pending',
    answers: { ...list, RevokeSession: 'waits' },
    presses: [END],
    state: 'pending',
  },
  {
    screen: 'Sessions',
    name: 'no network',
    answers: { ...list, RevokeSession: 'fails' },
    presses: [END],
    state: 'failed',
  },
  {
    screen: 'Account',
    name: 'idle',
    answers: { ...list, ...securityEvents(false, EVENTS), ...user(true) },
    view: 'signedIn',
    state: 'idle',
    has: '[data-auth-part=badge]',
  },
  {
    screen: 'Account',
    name: 'open',
    answers: { ...list, ...securityEvents(true, EVENTS), ...user(false) },
    presses: Array.from({ length: 5 }, () => 'details:not([open]) summary'),
    view: 'signedIn',
    state: 'idle',
    has: 'details[open] [data-auth-part=item]',
  },
];

/** The states of a page that has loaded nothing yet. */
export const LOADING: readonly ScreenState[] = [
  { screen: 'Profile', name: 'loading', answers: { Me: 'waits' }, state: 'loading' },
  { screen: 'Profile', name: 'not loaded', answers: { Me: 'fails' }, state: 'failed' },
  { screen: 'SecurityEvents', name: 'loading', answers: { SecurityEvents: 'waits' }, state: 'loading' },
  { screen: 'SecurityEvents', name: 'not loaded', answers: { SecurityEvents: 'fails' }, state: 'failed' },
  { screen: 'Sessions', name: 'loading', answers: { Sessions: 'waits' }, state: 'loading' },
  { screen: 'Sessions', name: 'not loaded', answers: { Sessions: 'fails' }, state: 'failed' },
];
