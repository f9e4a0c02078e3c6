import { beforeAll, describe, expect, test } from '@jest/globals';
import { allDelivered } from '../support/deliveries.js';
import { DEFAULT_PASSWORD, newEmail, type Outcome, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const MANY = 12;

async function times(count: number, call: (turn: number) => Promise<Outcome>): Promise<string[]> {
  const names: string[] = [];
  for (let turn = 0; turn < count; turn += 1) names.push((await call(turn)).__typename);
  return names;
}

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: true });
});

function changeTo(user: SignedIn, newEmail: string): Promise<Outcome> {
  return app.mutate('changeEmail', { newEmail, currentPassword: user.password }, { token: user.accessToken });
}

describe('a recipient', () => {
  test.each([
    ['forgotPassword', 'reset-password'],
    ['resendVerification', 'verify-email'],
  ])('gets one email per minute and five per hour, however often %s is called', async (field, kind) => {
    const { email } = await app.register();
    await app.mailer.token(email, 'verify-email');
    expect(new Set(await times(MANY, () => app.mutate(field, { email })))).toEqual(new Set(['MailRequested']));
    await allDelivered(app);
    expect(app.mailer.to(email, kind)).toHaveLength(1);
    for (let minute = 0; minute < MANY; minute += 1) {
      app.clock.advance(60);
      await app.mutate(field, { email });
      await allDelivered(app);
    }
    expect(app.mailer.to(email, kind)).toHaveLength(5);
    app.clock.advance(3600);
    await app.mutate(field, { email });
    await app.mailer.next(email, kind, 6);
  });

  test('gets one email for changes of address, even if several users request them', async () => {
    const stranger = newEmail();
    const names = await times(3, async () => changeTo(await app.register(), stranger));
    expect(names).toEqual(['MailRequested', 'TooManyRequestsError', 'TooManyRequestsError']);
    await app.mailer.next(stranger, 'change-email-confirm');
    await allDelivered(app);
    expect(app.mailer.to(stranger)).toHaveLength(1);
  });

  test('gets at most the allowed number of notices of a kind, and retries do not count', async () => {
    const own = await createTestApp({ background: true, lockout: { maxAttempts: 1, durationSeconds: 1 } });
    const { email } = await own.register();
    for (let turn = 0; turn < 8; turn += 1) {
      await own.mutate('login', { email, password: 'wrong' });
      await allDelivered(own);
      own.clock.advance(2);
    }
    expect(own.mailer.to(email, 'account-locked')).toHaveLength(5);
  });
});

describe('an account', () => {
  test('causes at most five changes of address per hour, and one notice per minute', async () => {
    const ada = await app.register();
    const strangers = Array.from({ length: 10 }, newEmail);
    const names = await times(10, async (turn) => {
      const outcome = await changeTo(ada, strangers[turn] ?? '');
      await allDelivered(app);
      return outcome;
    });
    expect(names).toEqual([
      ...Array<string>(5).fill('MailRequested'),
      ...Array<string>(5).fill('TooManyRequestsError'),
    ]);
    expect(strangers.filter((email) => app.mailer.to(email).length > 0)).toEqual(strangers.slice(0, 5));
    expect(app.mailer.to(ada.email, 'change-email-notice')).toHaveLength(1);
    expect(await changeTo(ada, newEmail())).toMatchObject({
      __typename: 'TooManyRequestsError',
      retryAfterSeconds: 3600,
    });
  });

  test('keeps the link of its last request if a further one is rejected', async () => {
    const ada = await app.register();
    const email = newEmail();
    await changeTo(ada, email);
    const token = await app.mailer.token(email, 'change-email-confirm');
    expect((await changeTo(ada, email)).__typename).toBe('TooManyRequestsError');
    const outcome = await app.mutate('confirmEmailChange', { token }, { token: ada.accessToken });
    expect(outcome.__typename).toBe('EmailChanged');
  });
});

describe('a client address', () => {
  const OPEN = ['LoginSuccess', 'TooManyRequestsError'];
  const STRICT = ['EmailVerificationRequired', 'TooManyRequestsError'];

  test.each([
    [false, OPEN],
    [true, STRICT],
  ])(
    'cannot register more than the limit (requireEmailVerification: %s)',
    async (requireEmailVerification, [yes, no]) => {
      const own = await createTestApp({
        trustedHops: 1,
        registration: { requireEmailVerification },
        emailLimit: { maxPerOriginPerHour: 3 },
      });
      const from = (address: string): Promise<string[]> =>
        times(5, () =>
          own.mutate(
            'register',
            { email: newEmail(), password: DEFAULT_PASSWORD },
            { headers: { 'x-forwarded-for': address } },
          ),
        );
      expect(await from('192.0.2.1')).toEqual([yes, yes, yes, no, no]);
      expect(await from('2001:db8::1')).toEqual([yes, yes, yes, no, no]);
      // One customer has the whole /64.
      expect(await from('2001:db8::2')).toEqual([no, no, no, no, no]);
      expect(await own.database.sql('select from auth_user')).toHaveLength(6);
      // Clients that a proxy does not name count as the proxy.
      expect(await from('unknown')).toEqual([yes, yes, yes, no, no]);
      expect(await from('_hidden')).toEqual([no, no, no, no, no]);
      expect(await own.database.sql('select from auth_user')).toHaveLength(9);
      own.clock.advance(3600);
      expect(await from('192.0.2.1')).toEqual([yes, yes, yes, no, no]);
    },
  );

  test('still learns that an address is taken after it has reached the limit', async () => {
    const own = await createTestApp({ emailLimit: { maxPerOriginPerHour: 1 } });
    const { email } = await own.register();
    const again = await own.mutate('register', { email, password: DEFAULT_PASSWORD });
    expect(again.__typename).toBe('EmailAlreadyExistsError');
    expect(await own.mutate('register', { email: newEmail(), password: DEFAULT_PASSWORD })).toMatchObject({
      __typename: 'TooManyRequestsError',
      retryAfterSeconds: 3600,
    });
  });

  test.each(['forgotPassword', 'resendVerification'])(
    'cannot request more links than the limit with %s',
    async (field) => {
      const own = await createTestApp({ emailLimit: { maxPerOriginPerHour: 3 } });
      const names = await times(5, () => own.mutate(field, { email: newEmail() }));
      expect(names).toEqual([
        ...Array<string>(3).fill('MailRequested'),
        ...Array<string>(2).fill('TooManyRequestsError'),
      ]);
      // The next email to this recipient could be sent after a minute.
      const text = `mutation ($email: EmailAddress!) { ${field}(input: { email: $email }) { ...on TooManyRequestsError { retryAfterSeconds } } }`;
      const { data } = await own.request(text, { email: newEmail() });
      expect(data).toEqual({ [field]: { retryAfterSeconds: 3600 } });
    },
  );

  test('learns when the next registration that needs an email is possible', async () => {
    const own = await createTestApp({
      emailLimit: { maxPerOriginPerHour: 1 },
      registration: { requireEmailVerification: true },
    });
    const register = (): Promise<object> => own.mutate('register', { email: newEmail(), password: DEFAULT_PASSWORD });
    await register();
    expect(await register()).toMatchObject({ __typename: 'TooManyRequestsError', retryAfterSeconds: 3600 });
  });

  test('is not limited if the limit is 0', async () => {
    const own = await createTestApp({ emailLimit: { maxPerOriginPerHour: 0, maxPerHour: 0, intervalSeconds: 0 } });
    const email = newEmail();
    expect(new Set(await times(MANY, () => own.mutate('forgotPassword', { email })))).toEqual(
      new Set(['MailRequested']),
    );
    expect(await own.database.sql(`select from auth_outbox where name = 'PasswordResetLinkRequested'`)).toHaveLength(
      MANY,
    );
  });
});

test('registering a taken address does not count towards the email limit of its owner', async () => {
  const own = await createTestApp({ background: true });
  const { email } = await own.register();
  // An email that is still waiting when another link is requested is not sent.
  await own.mailer.token(email, 'verify-email');
  for (let count = 0; count < 5; count += 1) {
    own.clock.advance(61);
    const { __typename } = await own.mutate('register', { email, password: DEFAULT_PASSWORD });
    expect(__typename).toBe('EmailAlreadyExistsError');
  }
  await own.mutate('resendVerification', { email });
  expect(await own.mailer.token(email, 'verify-email', 2)).toBeDefined();
});

test('registering a taken address does not count towards the limit of the client address', async () => {
  const own = await createTestApp({ emailLimit: { maxPerOriginPerHour: 2 } });
  const { email } = await own.register();
  const again = await times(3, () => own.mutate('register', { email, password: DEFAULT_PASSWORD }));
  expect(new Set(again)).toEqual(new Set(['EmailAlreadyExistsError']));
  expect((await own.mutate('forgotPassword', { email })).__typename).toBe('MailRequested');
  expect((await own.mutate('forgotPassword', { email })).__typename).toBe('TooManyRequestsError');
});

test.each([1, 5])('a new account gets its link after %d requests for links to its address', async (requests) => {
  const own = await createTestApp({ background: true });
  const email = newEmail();
  for (let n = 0; n < requests; n += 1) {
    own.clock.advance(61);
    await own.mutate('resendVerification', { email });
  }
  await allDelivered(own);
  expect((await own.mutate('register', { email, password: DEFAULT_PASSWORD })).__typename).toBe('LoginSuccess');
  expect(await own.mailer.token(email, 'verify-email')).toBeTruthy();
  await own.mutate('resendVerification', { email });
  await allDelivered(own);
  expect(own.mailer.to(email, 'verify-email')).toHaveLength(1);
});

test('setting the clock back does not extend a limit', async () => {
  const own = await createTestApp({ background: true });
  const { email } = await own.register();
  await own.mailer.token(email, 'verify-email');
  await own.mutate('forgotPassword', { email });
  await own.mailer.token(email, 'reset-password');
  own.clock.advance(-7 * 24 * 3600);
  await own.mutate('forgotPassword', { email });
  await own.mailer.token(email, 'reset-password', 2);
});
