import { beforeAll, describe, expect, test } from '@jest/globals';
import { allDelivered } from '../support/deliveries.js';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { INVALID_CREDENTIALS, INVALID_TOKEN } from '../support/outcomes.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const STRANGERS = 'the password of a stranger';
const NEW_PASSWORD = 'a brand new pass phrase';

async function typeOf(app: TestApp, field: string, input: object, token?: string): Promise<string> {
  return (await app.mutate(field, input, { token })).__typename;
}

/** Requests a link that belongs to no registration, and follows it. */
async function followResent(app: TestApp, email: string): Promise<void> {
  app.clock.advance(60);
  await allDelivered(app);
  const earlier = app.mailer.to(email, 'verify-email').length;
  await app.mutate('resendVerification', { email });
  const token = await app.mailer.token(email, 'verify-email', earlier + 1);
  expect(await typeOf(app, 'verifyEmail', { token })).toBe('EmailVerified');
}

async function resetPassword(app: TestApp, email: string): Promise<void> {
  await app.mutate('forgotPassword', { email });
  const token = await app.mailer.token(email, 'reset-password');
  expect(await typeOf(app, 'resetPassword', { token, newPassword: NEW_PASSWORD })).toBe('PasswordChanged');
}

describe('with registration.requireEmailVerification', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ background: true, registration: { requireEmailVerification: true } });
  });

  /** Registers an address and returns the token of the email that this causes. */
  async function claim(email: string, password: string, count: number, firstName?: string): Promise<string> {
    expect(await typeOf(app, 'register', { email, password, firstName })).toBe('EmailVerificationRequired');
    return app.mailer.token(email, 'verify-email', count);
  }

  /** A stranger and then the owner register one address. */
  async function contested(): Promise<{ email: string; theirs: string; own: string }> {
    const email = newEmail();
    const theirs = await claim(email, STRANGERS, 1, 'Mallory');
    app.clock.advance(60);
    return { email, theirs, own: await claim(email, DEFAULT_PASSWORD, 2, 'Ada') };
  }

  const NO_NAMES = { first: null, key: null, locale: null, verified: true };
  const namesOf = (email: string): Promise<object[]> =>
    app.database.sql(
      `select first_name as first, name_key as key, locale, email_verified_at is not null as verified
       from auth_user where email = $1`,
      [email],
    );

  test('the link that is followed decides which password and names count', async () => {
    const { email, theirs, own } = await contested();
    expect(await typeOf(app, 'verifyEmail', { token: own })).toBe('EmailVerified');
    expect(await app.mutate('login', { email, password: STRANGERS })).toEqual(INVALID_CREDENTIALS);
    expect(await app.mutate('login', { email, password: DEFAULT_PASSWORD })).toMatchObject({
      __typename: 'LoginSuccess',
      user: { email, emailVerified: true, firstName: 'Ada' },
    });
    expect(await typeOf(app, 'verifyEmail', { token: theirs })).toBe('EmailAlreadyVerifiedError');
    expect(await app.mutate('login', { email, password: STRANGERS })).toEqual(INVALID_CREDENTIALS);
  });

  test('the link of the first of two registrations works too', async () => {
    const { email, theirs, own } = await contested();
    expect(await typeOf(app, 'verifyEmail', { token: theirs })).toBe('EmailVerified');
    expect(await typeOf(app, 'verifyEmail', { token: own })).toBe('EmailAlreadyVerifiedError');
    expect(await app.mutate('login', { email, password: STRANGERS })).toMatchObject({ user: { firstName: 'Mallory' } });
    expect(await app.mutate('login', { email, password: DEFAULT_PASSWORD })).toEqual(INVALID_CREDENTIALS);
  });

  test('a later registration does not stop an earlier link from working', async () => {
    const email = newEmail();
    const own = await claim(email, DEFAULT_PASSWORD, 1);
    for (let count = 2; count <= 4; count += 1) {
      app.clock.advance(60);
      await claim(email, STRANGERS, count);
    }
    expect(await typeOf(app, 'verifyEmail', { token: own })).toBe('EmailVerified');
    expect(await typeOf(app, 'login', { email, password: DEFAULT_PASSWORD })).toBe('LoginSuccess');
    expect(await app.mutate('login', { email, password: STRANGERS })).toEqual(INVALID_CREDENTIALS);
  });

  test('a resent link sets no password if the address was registered several times', async () => {
    const { email } = await contested();
    await followResent(app, email);
    for (const password of [STRANGERS, DEFAULT_PASSWORD])
      expect(await app.mutate('login', { email, password })).toEqual(INVALID_CREDENTIALS);
    await resetPassword(app, email);
    expect(await typeOf(app, 'login', { email, password: NEW_PASSWORD })).toBe('LoginSuccess');
  });

  test('a resent link keeps the password of the only registration', async () => {
    const email = newEmail();
    await claim(email, DEFAULT_PASSWORD, 1);
    await followResent(app, email);
    expect(await typeOf(app, 'login', { email, password: DEFAULT_PASSWORD })).toBe('LoginSuccess');
  });

  test('a reset deletes every registration', async () => {
    const { email, theirs, own } = await contested();
    await resetPassword(app, email);
    for (const link of [theirs, own])
      expect(await typeOf(app, 'verifyEmail', { token: link })).toBe('EmailAlreadyVerifiedError');
    for (const password of [STRANGERS, DEFAULT_PASSWORD])
      expect(await app.mutate('login', { email, password })).toEqual(INVALID_CREDENTIALS);
    expect(await typeOf(app, 'login', { email, password: NEW_PASSWORD })).toBe('LoginSuccess');
    expect(
      await app.database.sql(
        'select from auth_registration_claim c join auth_user u on u.id = c.user_id where u.email = $1',
        [email],
      ),
    ).toEqual([]);
  });

  test('a registration whose email would come too soon is rejected, whether or not the address is taken', async () => {
    const [free, taken] = [newEmail(), newEmail()];
    await app.mutate('verifyEmail', { token: await claim(taken, DEFAULT_PASSWORD, 1) });
    app.clock.advance(60);
    for (const email of [free, taken]) {
      expect(await typeOf(app, 'register', { email, password: STRANGERS })).toBe('EmailVerificationRequired');
      app.clock.advance(20);
      expect(await app.mutate('register', { email, password: DEFAULT_PASSWORD })).toMatchObject({
        __typename: 'TooManyRequestsError',
        retryAfterSeconds: 40,
      });
    }
    await app.mailer.next(taken, 'already-registered');
    expect(app.mailer.to(taken, 'verify-email')).toHaveLength(1);
    await app.mailer.next(free, 'verify-email');
    expect(app.mailer.to(free)).toHaveLength(1);
  });

  test('a rejected registration stores no claim', async () => {
    const email = newEmail();
    const own = await claim(email, DEFAULT_PASSWORD, 1);
    expect(await typeOf(app, 'register', { email, password: STRANGERS })).toBe('TooManyRequestsError');
    await app.mutate('verifyEmail', { token: own });
    expect(await typeOf(app, 'login', { email, password: DEFAULT_PASSWORD })).toBe('LoginSuccess');
  });

  test('after a rejected registration, a resent link does not activate the password of another claimant', async () => {
    const email = newEmail();
    await claim(email, STRANGERS, 1);
    app.clock.advance(10);
    expect(await typeOf(app, 'register', { email, password: DEFAULT_PASSWORD })).toBe('TooManyRequestsError');
    app.clock.advance(50);
    await app.mutate('resendVerification', { email });
    const token = await app.mailer.token(email, 'verify-email', 2);
    expect(await typeOf(app, 'verifyEmail', { token })).toBe('EmailVerified');
    expect(await app.mutate('login', { email, password: STRANGERS })).toEqual(INVALID_CREDENTIALS);
  });

  test('a registration beyond the limit of its client address does not contest the others', async () => {
    const limited = await createTestApp({
      background: true,
      registration: { requireEmailVerification: true },
      emailLimit: { maxPerOriginPerHour: 2 },
    });
    const email = newEmail();
    const register = (address: string, password: string): Promise<string> =>
      typeOf(limited, 'register', { email: address, password });
    expect(await register(email, DEFAULT_PASSWORD)).toBe('EmailVerificationRequired');
    expect(await register(newEmail(), STRANGERS)).toBe('EmailVerificationRequired');
    limited.clock.advance(60);
    expect(await register(email, STRANGERS)).toBe('TooManyRequestsError');
    limited.clock.advance(3600);
    await followResent(limited, email);
    expect(await typeOf(limited, 'login', { email, password: DEFAULT_PASSWORD })).toBe('LoginSuccess');
  });

  test('confirming a registration deletes earlier sessions, devices and links', async () => {
    const { email, own } = await contested();
    const open = await createTestApp({ database: { url: app.database.url }, clock: app.clock });
    await app.database.sql(
      'update auth_user set password_hash = (select password_hash from auth_registration_claim c where c.user_id = auth_user.id order by c.id limit 1) where email = $1',
      [email],
    );
    const stranger = await open.login({ email, password: STRANGERS });
    await app.mutate('verifyEmail', { token: own });
    expect((await app.me(stranger.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
    expect((await app.refresh(stranger.refreshToken)).__typename).toBe('InvalidTokenError');
    expect(
      await app.database.sql('select from auth_device d join auth_user u on u.id = d.user_id where u.email = $1', [
        email,
      ]),
    ).toEqual([]);
  });

  test.each(['the first link', 'a resent link'])(
    'whoever registered before the option was switched on has no access after another registration, once %s is followed',
    async (which) => {
      const open = await createTestApp({ database: { url: app.database.url }, clock: app.clock });
      const stranger = await open.register({ password: STRANGERS, firstName: 'Mallory' });
      const { email } = stranger;
      expect((await app.refresh(stranger.refreshToken)).__typename).toBe('InvalidTokenError');
      app.clock.advance(60);
      await typeOf(app, 'register', { email, password: DEFAULT_PASSWORD });
      await app.mailer.next(email, 'already-registered');
      app.clock.advance(60);
      if (which === 'a resent link') await app.mutate('resendVerification', { email });
      const token = await app.mailer.token(email, 'verify-email', which === 'a resent link' ? 2 : 1);
      expect(await typeOf(app, 'verifyEmail', { token })).toBe('EmailVerified');
      expect((await app.me(stranger.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
      expect((await app.refresh(stranger.refreshToken)).__typename).toBe('InvalidTokenError');
      expect(await app.mutate('login', { email, password: STRANGERS })).toEqual(INVALID_CREDENTIALS);
    },
  );

  test.each<[string, (email: string, open: TestApp) => Promise<unknown>]>([
    [
      'was registered before the option was switched on',
      (email, open) => open.register({ email, password: STRANGERS }),
    ],
    [
      'was used while the option was off',
      async (email, open) => {
        await claim(email, STRANGERS, 1);
        app.clock.advance(60);
        return open.login({ email, password: STRANGERS });
      },
    ],
  ])(
    'an account that %s leaves the stranger no access after a rejected registration and a resent link',
    async (_name, make) => {
      const open = await createTestApp({ database: { url: app.database.url }, clock: app.clock });
      const email = newEmail();
      await make(email, open);
      const stranger = await open.login({ email, password: STRANGERS });
      app.clock.advance(60);
      // Uses up the minute of the recipient.
      await app.mutate('resendVerification', { email });
      expect(await typeOf(app, 'register', { email, password: DEFAULT_PASSWORD })).toBe('TooManyRequestsError');
      await followResent(app, email);
      expect((await app.refresh(stranger.refreshToken)).__typename).toBe('InvalidTokenError');
      expect(await app.mutate('login', { email, password: STRANGERS })).toEqual(INVALID_CREDENTIALS);
      await resetPassword(app, email);
      expect(await typeOf(app, 'login', { email, password: NEW_PASSWORD })).toBe('LoginSuccess');
    },
  );

  const idOf = async (email: string): Promise<string> => {
    const [row] = await app.database.sql<{ id: string }>('select id from auth_user where email = $1', [email]);
    return row?.id ?? '';
  };
  const forgetClaims = async (): Promise<void> => {
    app.clock.advance(9 * 86_400);
    await app.auth.services.housekeeping.run();
  };

  interface Change {
    readonly before?: (email: string, open: TestApp) => Promise<unknown>;
    readonly after: (email: string, open: TestApp) => Promise<unknown>;
  }
  test.each<[string, Change]>([
    ['whose claims housekeeping has deleted', { after: forgetClaims }],
    [
      'that was deactivated at that time',
      {
        before: async (email) => app.auth.services.accounts.deactivate(await idOf(email)),
        after: async (email) => app.auth.services.accounts.reactivate(await idOf(email)),
      },
    ],
    [
      'that had a role at that time',
      {
        // Where the option is off, the account keeps its password.
        before: async (email, open) => open.auth.services.roles.set(await idOf(email), ['editor']),
        after: async (email, open) => open.auth.services.roles.set(await idOf(email), []),
      },
    ],
  ])('an account %s leaves a stranger no access after a resent link', async (_name, { before, after }) => {
    const open = await createTestApp({ database: { url: app.database.url }, clock: app.clock });
    for (const wasUsed of [true, false]) {
      const email = newEmail();
      if (wasUsed) await open.register({ email, password: STRANGERS });
      else await claim(email, STRANGERS, 1, 'Mallory');
      await before?.(email, open);
      app.clock.advance(61);
      expect(await typeOf(app, 'register', { email, password: DEFAULT_PASSWORD })).toBe('EmailVerificationRequired');
      await after(email, open);
      await followResent(app, email);
      expect(await app.mutate('login', { email, password: STRANGERS })).toEqual(INVALID_CREDENTIALS);
      await resetPassword(app, email);
      expect(await typeOf(app, 'login', { email, password: NEW_PASSWORD })).toBe('LoginSuccess');
    }
  });

  test('no password of registrations at the same time survives a resent link', async () => {
    const email = newEmail();
    const passwords = Array.from({ length: 10 }, (_, number) => `the password of stranger ${String(number)}`);
    const outcomes = await Promise.all(passwords.map((password) => typeOf(app, 'register', { email, password })));
    expect(outcomes.toSorted().slice(0, 2)).toEqual(['EmailVerificationRequired', 'TooManyRequestsError']);
    await app.mailer.next(email, 'verify-email');
    await followResent(app, email);
    const accepted = passwords[outcomes.indexOf('EmailVerificationRequired')];
    expect(await app.mutate('login', { email, password: accepted })).toEqual(INVALID_CREDENTIALS);
    expect(await app.database.sql('select password_hash from auth_user where email = $1', [email])).toEqual([
      { password_hash: null },
    ]);
  });

  test.each<['keeps' | 'loses', string, (email: string, link: string) => Promise<void>]>([
    ['loses', 'a resent link', (email) => followResent(app, email)],
    [
      'keeps',
      'the link of its registration',
      async (_email, token) => expect(await typeOf(app, 'verifyEmail', { token })).toBe('EmailVerified'),
    ],
  ])('an account with metadata %s its password after a refused registration and %s', async (outcome, _name, follow) => {
    const email = newEmail();
    const link = await claim(email, STRANGERS, 1, 'Mallory');
    await app.auth.services.profiles.update(await idOf(email), { publicMetadata: { plan: 'free' } });
    app.clock.advance(60);
    expect(await typeOf(app, 'register', { email, password: DEFAULT_PASSWORD })).toBe('EmailVerificationRequired');
    await app.mailer.next(email, 'already-registered');
    await follow(email, link);
    const signedIn = await typeOf(app, 'login', { email, password: STRANGERS });
    expect(signedIn).toBe(outcome === 'keeps' ? 'LoginSuccess' : 'InvalidCredentialsError');
    expect(await typeOf(app, 'login', { email, password: DEFAULT_PASSWORD })).toBe('InvalidCredentialsError');
  });

  test.each<[string, (email: string) => Promise<void>]>([
    [
      'a resent link',
      async (email) => {
        app.clock.advance(60);
        await claim(email, DEFAULT_PASSWORD, 2, 'Ada');
        await followResent(app, email);
      },
    ],
    [
      'a resent link after a rejected registration',
      async (email) => {
        expect(await typeOf(app, 'register', { email, password: DEFAULT_PASSWORD })).toBe('TooManyRequestsError');
        await followResent(app, email);
      },
    ],
    ['a reset', async (email) => resetPassword(app, email)],
    [
      'a reset once the claim is forgotten',
      async (email) => {
        await forgetClaims();
        await resetPassword(app, email);
      },
    ],
    [
      'a role and a resent link',
      async (email) => {
        await app.auth.services.roles.set(await idOf(email), ['editor']);
        await followResent(app, email);
      },
    ],
    [
      'a role and a reset',
      async (email) => {
        await app.auth.services.roles.set(await idOf(email), ['editor']);
        await resetPassword(app, email);
      },
    ],
    [
      'an invitation and a reset',
      async (email) => {
        app.clock.advance(60);
        await claim(email, DEFAULT_PASSWORD, 2, 'Ada');
        await app.auth.services.userCreation.invite(await idOf(email));
        await resetPassword(app, email);
      },
    ],
  ])('the names of a stranger do not stay after %s', async (_name, prove) => {
    const email = newEmail();
    await claim(email, STRANGERS, 1, 'Mallory');
    await prove(email);
    expect(await namesOf(email)).toEqual([NO_NAMES]);
  });

  test('a session from before the option was switched on works again once the address is verified', async () => {
    const open = await createTestApp({ database: { url: app.database.url }, clock: app.clock });
    const { email, refreshToken } = await open.register();
    expect((await app.refresh(refreshToken)).__typename).toBe('InvalidTokenError');
    await app.mutate('verifyEmail', { token: await app.mailer.token(email, 'verify-email', 1) });
    expect((await app.refresh(refreshToken)).__typename).toBe('LoginSuccess');
  });

  describe('an account whose only registration was used once the option was off', () => {
    let open: TestApp;
    beforeAll(async () => {
      open = await createTestApp({ database: { url: app.database.url }, clock: app.clock });
    });

    test('keeps its password and sessions after the link of the registration', async () => {
      const email = newEmail();
      const token = await claim(email, DEFAULT_PASSWORD, 1, 'Ada');
      const ada = await open.login({ email, password: DEFAULT_PASSWORD });
      expect(await typeOf(app, 'verifyEmail', { token })).toBe('EmailVerified');
      expect((await app.refresh(ada.refreshToken)).__typename).toBe('LoginSuccess');
      expect((await app.login({ email, password: DEFAULT_PASSWORD })).userId).toBe(ada.userId);
      expect(await namesOf(email)).toMatchObject([{ first: 'Ada', verified: true }]);
    });

    test('keeps them if the password was hashed again or changed since', async () => {
      const stronger = await createTestApp({
        ...{ database: { url: app.database.url }, clock: app.clock },
        password: { saltRounds: 5 },
      });
      const email = newEmail();
      const token = await claim(email, STRANGERS, 1);
      const rehashed = await stronger.login({ email, password: STRANGERS });
      const passwords = { currentPassword: STRANGERS, newPassword: DEFAULT_PASSWORD };
      const { accessToken } = rehashed;
      expect((await open.mutate('changePassword', passwords, { token: accessToken })).__typename).toBe(
        'PasswordChanged',
      );
      expect(await typeOf(app, 'verifyEmail', { token })).toBe('EmailVerified');
      expect((await app.refresh(rehashed.refreshToken)).__typename).toBe('LoginSuccess');
      expect((await app.login({ email, password: DEFAULT_PASSWORD })).userId).toBe(rehashed.userId);
    });

    test('keeps both after a resent link too', async () => {
      const email = newEmail();
      await claim(email, DEFAULT_PASSWORD, 1, 'Ada');
      const ada = await open.login({ email, password: DEFAULT_PASSWORD });
      await followResent(app, email);
      expect((await app.refresh(ada.refreshToken)).__typename).toBe('LoginSuccess');
      expect(await typeOf(app, 'login', { email, password: DEFAULT_PASSWORD })).toBe('LoginSuccess');
    });

    test('loses its password after the link if it has got a role, with or without a sign-in', async () => {
      for (const isUsed of [true, false]) {
        const email = newEmail();
        const token = await claim(email, STRANGERS, 1, 'Mallory');
        if (isUsed) await open.login({ email, password: STRANGERS });
        await open.auth.services.roles.set(await idOf(email), ['editor']);
        expect(await typeOf(app, 'verifyEmail', { token })).toBe('EmailVerified');
        expect(await app.mutate('login', { email, password: STRANGERS })).toEqual(INVALID_CREDENTIALS);
      }
    });
  });

  test('sign-in to an account without a password fails like a wrong password', async () => {
    const { email } = await contested();
    expect(await app.mutate('login', { email, password: STRANGERS })).toEqual(INVALID_CREDENTIALS);
    expect(await app.mutate('login', { email, password: DEFAULT_PASSWORD })).toEqual(INVALID_CREDENTIALS);
  });
});

describe('without registration.requireEmailVerification', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ background: true });
  });

  test('a reset deletes everything that a stranger left on an address that was never verified', async () => {
    const stranger = await app.register({ password: STRANGERS });
    const { email } = stranger;
    const verification = await app.mailer.token(email, 'verify-email');
    const theirs = newEmail();
    await app.mutate('changeEmail', { newEmail: theirs, currentPassword: STRANGERS }, { token: stranger.accessToken });
    const move = await app.mailer.token(theirs, 'change-email-confirm');
    await resetPassword(app, email);
    expect((await app.me(stranger.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
    expect((await app.refresh(stranger.refreshToken)).__typename).toBe('InvalidTokenError');
    const owner = await app.login({ email, password: NEW_PASSWORD });
    expect(await app.mutate('confirmEmailChange', { token: move }, { token: owner.accessToken })).toEqual(
      INVALID_TOKEN,
    );
    const rows = await app.database.sql<{ open: number }>(
      'select count(*)::int as open from auth_one_time_token where user_id = $1 and consumed_at is null',
      [owner.userId],
    );
    expect(rows).toEqual([{ open: 0 }]);
    expect(await typeOf(app, 'verifyEmail', { token: verification })).toBe('EmailAlreadyVerifiedError');
  });
});

test('a mutation returns all fields of its user to any caller', async () => {
  const app = await createTestApp({ background: true });
  const ada = await app.register();
  const user = 'user { id email emailVerified active createdAt lastLoginAt roles sessions { id current } }';
  const verify = await app.request(
    `mutation($token: String!) { verifyEmail(input: { token: $token }) { ... on EmailVerified { ${user} } } }`,
    { token: await app.mailer.token(ada.email, 'verify-email') },
  );
  expect(verify.errors).toEqual([]);
  expect(verify.data).toMatchObject({
    verifyEmail: { user: { email: ada.email, emailVerified: true, sessions: [{ id: ada.sessionId, current: false }] } },
  });
  await app.mutate('forgotPassword', { email: ada.email });
  const reset = await app.request(
    `mutation($token: String!) { resetPassword(input: { token: $token, newPassword: "${NEW_PASSWORD}" }) { ... on PasswordChanged { ${user} } } }`,
    { token: await app.mailer.token(ada.email, 'reset-password') },
  );
  expect(reset.errors).toEqual([]);
  expect(reset.data).toMatchObject({ resetPassword: { user: { email: ada.email, sessions: [] } } });
});
