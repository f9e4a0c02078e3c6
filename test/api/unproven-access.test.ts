import bcrypt from 'bcrypt';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail, type SignedIn } from '../support/graphql-client.js';
import { manage, newOperator } from '../support/operators.js';
import { INVALID_CREDENTIALS } from '../support/outcomes.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/token-claims.js';
import { importUser } from '../support/user-lines.js';

const STRANGERS = 'the password of a stranger';
const CHOSEN = 'chosen with a link';

let app: TestApp;
/** Another process on the same database, in which addresses need not be verified. */
let open: TestApp;
let operator: SignedIn;
beforeAll(async () => {
  app = await createTestApp({ background: true, registration: { requireEmailVerification: true } });
  open = await createTestApp({ database: { url: app.database.url }, clock: app.clock, admin: { schema: 'included' } });
  operator = await newOperator(open, ['auth:users:write', 'auth:users:credentials']);
});

/** The address that everything happens to. */
class Address {
  readonly email = newEmail();
  private readonly links: string[] = [];

  async id(): Promise<string> {
    const [row] = await app.database.sql<{ id: string }>('select id from auth_user where email = $1', [this.email]);
    return row?.id ?? '';
  }

  async register(password: string, sends = 'verify-email'): Promise<void> {
    app.clock.advance(61);
    expect(await app.mutate('register', { email: this.email, password })).toMatchObject({
      __typename: 'EmailVerificationRequired',
    });
    if (sends === 'verify-email') await this.nextLink();
    else await app.mailer.next(this.email, sends);
  }

  async resend(): Promise<void> {
    app.clock.advance(61);
    await app.mutate('resendVerification', { email: this.email });
    await this.nextLink();
  }

  async follow(index: number): Promise<void> {
    const { __typename } = await app.mutate('verifyEmail', { token: this.links.at(index) });
    expect(__typename).toBe('EmailVerified');
  }

  async create(publicMetadata: Record<string, string>): Promise<void> {
    await app.auth.services.userCreation.create({ email: this.email, invite: false, publicMetadata });
  }

  async import(): Promise<void> {
    await importUser(app, { email: this.email, passwordHash: await bcrypt.hash(DEFAULT_PASSWORD, 4) });
  }

  async move(): Promise<void> {
    const other = new Address();
    await other.register(DEFAULT_PASSWORD);
    await this.manage('adminChangeUserEmail', { userId: await other.id(), newEmail: this.email, verified: false });
  }

  async giveMetadata(): Promise<void> {
    await this.manage('adminUpdateUser', { userId: await this.id(), privateMetadata: { customer: 7 } });
  }

  private async manage(name: string, input: object): Promise<void> {
    expect(await manage(open, name, input, await open.login(operator))).toMatchObject({ changed: true });
  }

  async giveRoles(by: TestApp): Promise<void> {
    await by.auth.services.roles.set(await this.id(), ['admin']);
  }

  async takeRoles(): Promise<void> {
    await app.auth.services.roles.set(await this.id(), []);
  }

  async invite(): Promise<void> {
    app.clock.advance(61);
    await app.auth.services.userCreation.invite(await this.id());
  }

  async verify(): Promise<void> {
    await app.auth.services.accounts.verifyEmail(this.email);
  }

  async reset(): Promise<void> {
    app.clock.advance(61);
    const count = app.mailer.to(this.email, 'reset-password').length + 1;
    await app.mutate('forgotPassword', { email: this.email });
    const token = await app.mailer.token(this.email, 'reset-password', count);
    expect(await app.mutate('resetPassword', { token, newPassword: CHOSEN })).toMatchObject({
      __typename: 'PasswordChanged',
    });
  }

  async accept(): Promise<void> {
    const token = await app.mailer.token(this.email, 'invitation');
    expect(await app.mutate('acceptInvitation', { token, password: CHOSEN })).toMatchObject({
      __typename: 'LoginSuccess',
    });
  }

  private async nextLink(): Promise<void> {
    this.links.push(await app.mailer.token(this.email, 'verify-email', this.links.length + 1));
  }
}

const STEPS = {
  'the stranger registers': async (address) => address.register(STRANGERS),
  'the stranger registers in vain': async (address) => address.register(STRANGERS, 'already-registered'),
  'the owner registers': async (address) => address.register(DEFAULT_PASSWORD),
  'a link is sent again': async (address) => address.resend(),
  'the first link is followed': async (address) => address.follow(0),
  'the last link is followed': async (address) => address.follow(-1),
  'roles are given': async (address) => address.giveRoles(app),
  'roles are given where addresses need not be verified': async (address) => address.giveRoles(open),
  'roles are taken': async (address) => address.takeRoles(),
  'an invitation is sent': async (address) => address.invite(),
  'an operator verifies the address': async (address) => address.verify(),
  'an operator creates the account with metadata': async (address) => address.create({ plan: 'pro' }),
  'the account is imported': async (address) => address.import(),
  'an operator moves an account here': async (address) => address.move(),
  'an operator gives metadata': async (address) => address.giveMetadata(),
  'the owner signs up where addresses need not be verified': async ({ email }) => {
    await open.register({ email });
  },
  'old registrations are deleted': async () => {
    await app.database.sql('delete from auth_registration_claim');
  },
} satisfies Readonly<Record<string, (address: Address) => Promise<void>>>;

type Step = keyof typeof STEPS;

describe('a password that was registered before the address was proven does not open an account with roles', () => {
  test.each<[readonly Step[]]>([
    [['the stranger registers', 'roles are given', 'the first link is followed']],
    [['the stranger registers', 'roles are given', 'an operator verifies the address']],
    [['the stranger registers', 'roles are given', 'a link is sent again', 'the last link is followed']],
    [['the stranger registers', 'a link is sent again', 'roles are given', 'the last link is followed']],
    [['the stranger registers', 'old registrations are deleted', 'roles are given', 'the first link is followed']],
    [['the stranger registers', 'roles are given where addresses need not be verified', 'the first link is followed']],
    [
      [
        'the stranger registers',
        'a link is sent again',
        'roles are given where addresses need not be verified',
        'the last link is followed',
      ],
    ],
    [['the owner registers', 'the stranger registers', 'roles are given', 'the last link is followed']],
    [['the stranger registers', 'the owner registers', 'roles are given', 'the first link is followed']],
    [['the stranger registers', 'roles are given', 'the stranger registers in vain', 'the first link is followed']],
    [['the stranger registers', 'roles are given', 'roles are taken', 'roles are given', 'the first link is followed']],
    [['the stranger registers', 'roles are given', 'an invitation is sent', 'the first link is followed']],
  ])('%j', async (steps) => {
    const address = new Address();
    for (const step of steps) await STEPS[step](address);
    for (const password of [STRANGERS, DEFAULT_PASSWORD])
      expect(await app.mutate('login', { email: address.email, password })).toEqual(INVALID_CREDENTIALS);
    await address.reset();
    const { accessToken } = await app.login({ email: address.email, password: CHOSEN });
    expect(claimsOf(accessToken)).toMatchObject({ scope: 'admin' });
  });
});

describe('a registration does not open an account to which somebody is invited', () => {
  test.each<[readonly Step[]]>([
    [['the owner registers', 'the stranger registers', 'an invitation is sent', 'the last link is followed']],
    [['the stranger registers', 'the owner registers', 'an invitation is sent', 'the first link is followed']],
    [['the stranger registers', 'the owner registers', 'an invitation is sent', 'an operator verifies the address']],
    [
      [
        'the stranger registers',
        'roles are given',
        'an invitation is sent',
        'roles are taken',
        'the first link is followed',
      ],
    ],
    [
      [
        'the owner registers',
        'the stranger registers',
        'an invitation is sent',
        'the stranger registers in vain',
        'the last link is followed',
      ],
    ],
  ])('%j', async (steps) => {
    const address = new Address();
    for (const step of steps) await STEPS[step](address);
    for (const password of [STRANGERS, DEFAULT_PASSWORD])
      expect(await app.mutate('login', { email: address.email, password })).toEqual(INVALID_CREDENTIALS);
    await address.accept();
    await app.login({ email: address.email, password: CHOSEN });
  });
});

describe('a registration does not open an account that was imported, moved, used or given metadata', () => {
  test.each<[readonly Step[]]>([
    [['an operator creates the account with metadata', 'the stranger registers in vain']],
    [['the account is imported', 'the stranger registers in vain']],
    [['an operator moves an account here', 'the stranger registers in vain']],
    [['the owner signs up where addresses need not be verified', 'the stranger registers in vain']],
    [['the owner registers', 'an operator gives metadata', 'the stranger registers in vain']],
  ])('%j', async (steps) => {
    const address = new Address();
    for (const step of steps) await STEPS[step](address);
    const input = { email: address.email, password: STRANGERS };
    await address.reset();
    expect(await app.mutate('login', input)).toEqual(INVALID_CREDENTIALS);
    await app.login({ email: address.email, password: CHOSEN });
  });

  test.each<[Step]>([['the account is imported'], ['the owner signs up where addresses need not be verified']])(
    'or remove its password: %s',
    async (step) => {
      const address = new Address();
      await STEPS[step](address);
      await address.register(STRANGERS, 'already-registered');
      expect(await app.mutate('register', { email: address.email, password: STRANGERS })).toMatchObject({
        __typename: 'TooManyRequestsError',
      });
      await open.login({ email: address.email, password: DEFAULT_PASSWORD });
    },
  );
});

test('metadata that an application gives to every new account leaves the password as it is', async () => {
  const address = new Address();
  await address.register(DEFAULT_PASSWORD);
  await address.giveMetadata();
  await address.register(STRANGERS, 'already-registered');
  await address.follow(0);
  await app.login({ email: address.email, password: DEFAULT_PASSWORD });
});

describe('roles do not take away a password that was chosen', () => {
  test.each<[readonly Step[]]>([
    [['the owner registers', 'the first link is followed', 'roles are given']],
    [['the owner registers', 'an operator verifies the address', 'roles are given']],
  ])('%j', async (steps) => {
    const address = new Address();
    for (const step of steps) await STEPS[step](address);
    const { accessToken } = await app.login({ email: address.email, password: DEFAULT_PASSWORD });
    expect(claimsOf(accessToken)).toMatchObject({ scope: 'admin' });
  });

  test('by a user who is signed in and whose address need not be verified', async () => {
    const user = await open.register();
    await open.auth.services.roles.set(user.userId, ['admin']);
    const { tokens } = await open.refresh(user.refreshToken);
    expect(claimsOf(tokens?.accessToken ?? '')).toMatchObject({ scope: 'admin' });
    await open.login(user);
  });
});

test('a role ends the sessions of an unverified account once addresses must be verified, and forgets its devices', async () => {
  const { email, refreshToken, userId } = await open.register({ password: STRANGERS });
  await app.auth.services.roles.set(userId, ['admin']);
  expect((await app.refresh(refreshToken)).__typename).toBe('InvalidTokenError');
  expect(await app.mutate('login', { email, password: STRANGERS })).toEqual(INVALID_CREDENTIALS);
  expect(await app.database.sql('select from auth_device where user_id = $1', [userId])).toEqual([]);
});
