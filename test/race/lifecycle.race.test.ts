import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail, type Answer, type Outcome, type SignedIn } from '../support/graphql-client.js';
import { startMailServer, type MailServer } from '../support/mail-server.js';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';
import { until } from '../support/until.js';

const NEW_PASSWORD = 'a different horse altogether';
const MAX_ATTEMPTS = 5;

let mails: MailServer;
let cluster: Cluster;
beforeAll(async () => {
  mails = await startMailServer();
  cluster = await startTwoServices({ SMTP_URL: mails.url, LOCKOUT_MAX_ATTEMPTS: String(MAX_ATTEMPTS) });
  await logEvents();
});

/** How often each outcome came. */
function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { __typename } of outcomes) counts[__typename] = (counts[__typename] ?? 0) + 1;
  return counts;
}

async function resetTokenOf({ email }: SignedIn, count = 1): Promise<string> {
  await cluster.service(count).mutate('forgotPassword', { email });
  return mails.token(email, 'reset-password', count);
}

async function changeTokenOf(user: SignedIn, to: string, count = 1): Promise<string> {
  // Somebody else has asked for the same address just now.
  if (count > 1) await cluster.database.sql('delete from auth_email_limit');
  const input = { newEmail: to, currentPassword: user.password };
  await cluster.service(0).mutate('changeEmail', input, { token: user.accessToken });
  return mails.token(to, 'change-email-confirm', count);
}

/** Keeps a copy of what passes through the outbox. */
async function logEvents(): Promise<void> {
  const { database } = cluster;
  await database.sql('create table event_log (name text, payload jsonb)');
  await database.sql(`create function log_event() returns trigger language plpgsql as $$
    begin insert into event_log values (new.name, new.payload); return new; end $$`);
  await database.sql('create trigger log_event before insert on auth_outbox for each row execute function log_event()');
}

/** How many events of a name there have been about a user. */
async function eventsOf(name: string, { userId }: SignedIn): Promise<number> {
  const [row] = await cluster.database.sql<{ count: number }>(
    `select count(*)::int as count from event_log where name = $1 and payload->>'userId' = $2`,
    [name, userId],
  );
  return row?.count ?? 0;
}

async function liveSessions({ userId }: SignedIn): Promise<string[]> {
  const rows = await cluster.database.sql<{ id: string }>(
    'select id from auth_session where user_id = $1 and revoked_at is null',
    [userId],
  );
  return rows.map(({ id }) => id);
}

type Pair = Pick<SignedIn, 'accessToken' | 'refreshToken'>;

/** The pairs of tokens that came back. */
function pairsOf(outcomes: readonly Outcome[]): Pair[] {
  return outcomes.flatMap(({ tokens }) => (tokens ? [tokens] : []));
}

async function expectEnded(pairs: readonly Pair[]): Promise<void> {
  for (const { accessToken, refreshToken } of pairs) {
    expect((await cluster.service(0).me(accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
    expect((await cluster.service(1).refresh(refreshToken)).__typename).toBe('InvalidTokenError');
  }
}

describe('one-time tokens', () => {
  test('a reset token that is used forty times concurrently sets one password', async () => {
    const ada = await cluster.service(0).register();
    const token = await resetTokenOf(ada);
    const outcomes = await atOnce(40, (turn) =>
      cluster.service(turn).mutate('resetPassword', { token, newPassword: `${NEW_PASSWORD} ${String(turn)}` }),
    );
    expect(tally(outcomes)).toEqual({ PasswordChanged: 1, InvalidTokenError: 39 });
    const winner = outcomes.findIndex(({ __typename }) => __typename === 'PasswordChanged');
    await cluster.service(0).login({ email: ada.email, password: `${NEW_PASSWORD} ${String(winner)}` });
    expect(await eventsOf('PasswordReset', ada)).toBe(1);
  });

  test('a link that is followed twenty times concurrently verifies its address once', async () => {
    for (let round = 0; round < 3; round += 1) {
      const ada = await cluster.service(round).register();
      const token = await mails.token(ada.email, 'verify-email');
      const outcomes = await atOnce(20, (turn) => cluster.service(turn).mutate('verifyEmail', { token }));
      expect(tally(outcomes)).toEqual({ EmailVerified: 1, EmailAlreadyVerifiedError: 19 });
      expect(await eventsOf('EmailVerified', ada)).toBe(1);
    }
  });
});

describe('sixty concurrent wrong passwords', () => {
  /** As many were wrong as there are attempts; the others came while those were compared, or after the lock. */
  function expectRefusals(outcomes: readonly Outcome[]): void {
    const { InvalidCredentialsError = 0, AccountLockedError = 0, TooManyRequestsError = 0, ...rest } = tally(outcomes);
    expect(InvalidCredentialsError).toBe(MAX_ATTEMPTS);
    expect(AccountLockedError + TooManyRequestsError).toBe(60 - MAX_ATTEMPTS);
    expect(rest).toEqual({});
  }

  test('are compared exactly as often as attempts are allowed, and lock the account once', async () => {
    const ada = await cluster.service(0).register();
    const outcomes = await atOnce(60, (turn) =>
      cluster.service(turn).mutate('login', { email: ada.email, password: `wrong horse ${String(turn)}` }),
    );
    expectRefusals(outcomes);
    expect(await eventsOf('AccountLocked', ada)).toBe(1);
    await until(() => mails.to(ada.email, 'account-locked')[0], 'the notice of the lockout');
    expect(mails.to(ada.email, 'account-locked')).toHaveLength(1);
  });

  test('are counted the same for an address without an account', async () => {
    const email = newEmail();
    const outcomes = await atOnce(60, (turn) =>
      cluster.service(turn).mutate('login', { email, password: `wrong horse ${String(turn)}` }),
    );
    expectRefusals(outcomes);
  });
});

describe('an address', () => {
  test('that one user confirms while another registers it belongs to exactly one of them', async () => {
    for (let round = 0; round < 8; round += 1) {
      const ada = await cluster.service(round).register();
      const to = newEmail();
      const token = await changeTokenOf(ada, to);
      const [confirmed, registered] = await Promise.all([
        cluster.service(round).mutate('confirmEmailChange', { token }, { token: ada.accessToken }),
        cluster.service(round + 1).mutate('register', { email: to, password: DEFAULT_PASSWORD }),
      ]);
      expect([
        ['EmailChanged', 'EmailAlreadyExistsError'],
        ['EmailAlreadyExistsError', 'LoginSuccess'],
      ]).toContainEqual([confirmed.__typename, registered.__typename]);
      const owners = await cluster.database.sql<{ id: string }>('select id from auth_user where email = $1', [to]);
      expect(owners).toEqual([{ id: confirmed.user?.id ?? registered.user?.id }]);
    }
  });

  test('that two users confirm concurrently belongs to exactly one of them', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [ada, eve] = [await cluster.service(0).register(), await cluster.service(1).register()];
      const to = newEmail();
      const tokens = [await changeTokenOf(ada, to), await changeTokenOf(eve, to, 2)];
      const outcomes = await atOnce(2, (turn) =>
        cluster
          .service(turn)
          .mutate('confirmEmailChange', { token: tokens[turn] ?? '' }, { token: [ada, eve][turn]?.accessToken }),
      );
      expect(tally(outcomes)).toEqual({ EmailChanged: 1, EmailAlreadyExistsError: 1 });
    }
  });

  test('is changed once by a token that is confirmed twenty times concurrently', async () => {
    const ada = await cluster.service(0).register();
    const to = newEmail();
    const token = await changeTokenOf(ada, to);
    const outcomes = await atOnce(20, (turn) =>
      cluster.service(turn).mutate('confirmEmailChange', { token }, { token: ada.accessToken }),
    );
    expect(tally(outcomes)).toEqual({ EmailChanged: 1, EmailAlreadyVerifiedError: 19 });
    expect(await eventsOf('EmailChanged', ada)).toBe(1);
  });
});

describe('a password change', () => {
  async function change(user: SignedIn, turn: number, newPassword = NEW_PASSWORD): Promise<Outcome> {
    const input = { currentPassword: user.password, newPassword };
    return cluster.service(turn).mutate('changePassword', input, { token: user.accessToken });
  }

  test('leaves only its own session, despite concurrent refreshes and sign-ins with the old password', async () => {
    for (let round = 0; round < 25; round += 1) {
      const ada = await cluster.service(round).register();
      const others = [await cluster.service(0).login(ada), await cluster.service(1).login(ada)];
      const { email, password } = ada;
      const [changed, ...raced] = await Promise.all([
        change(ada, round),
        ...others.flatMap(({ refreshToken }) =>
          [0, 1].map(async (turn) => cluster.service(turn).refresh(refreshToken)),
        ),
        ...[0, 1, 2].map(async (turn) => cluster.service(turn).mutate('login', { email, password })),
      ]);
      expect(changed.__typename).toBe('PasswordChanged');
      expect(await liveSessions(ada)).toEqual([ada.sessionId]);
      await expectEnded([...others, ...pairsOf(raced)]);
      expect((await cluster.service(1).me(ada.accessToken)).errors).toEqual([]);
    }
  });

  test('that two sessions request concurrently is made once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const ada = await cluster.service(0).register();
      const other = await cluster.service(1).login(ada);
      const sessions = [ada, other];
      const answers = await atOnce(2, async (turn) =>
        cluster
          .service(turn)
          .mutation(
            'changePassword',
            { currentPassword: ada.password, newPassword: `${NEW_PASSWORD} ${String(turn)}` },
            { token: sessions[turn]?.accessToken },
          ),
      );
      const changed = answers.map(({ text }) => text.includes('"PasswordChanged"'));
      expect(changed.filter(Boolean)).toHaveLength(1);
      const winner = changed.indexOf(true);
      const loser = answers[1 - winner];
      // It compared the old password in time, or found its session ended already.
      expect(loser?.errors.length === 0 || loser?.errors[0]?.extensions.code === 'UNAUTHENTICATED').toBe(true);
      expect(await liveSessions(ada)).toEqual([sessions[winner]?.sessionId]);
      await cluster.service(0).login({ email: ada.email, password: `${NEW_PASSWORD} ${String(winner)}` });
    }
  });

  test('that one session requests twice concurrently is made once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const ada = await cluster.service(0).register();
      const outcomes = await atOnce(2, async (turn) => change(ada, turn, `${NEW_PASSWORD} ${String(turn)}`));
      expect(tally(outcomes)).toEqual({ PasswordChanged: 1, InvalidCredentialsError: 1 });
      expect(await eventsOf('PasswordChanged', ada)).toBe(1);
    }
  });
});

describe('a password reset', () => {
  test('leaves no session, despite concurrent refreshes and sign-ins with the old password', async () => {
    const prepared = await atOnce(25, async (round) => {
      const ada = await cluster.service(round).register();
      return { ada, other: await cluster.service(round).login(ada), token: await resetTokenOf(ada) };
    });
    for (const [round, { ada, other, token }] of prepared.entries()) {
      const { email, password } = ada;
      const [reset, ...raced] = await Promise.all([
        cluster.service(round).mutate('resetPassword', { token, newPassword: NEW_PASSWORD }),
        ...[ada, other].flatMap(({ refreshToken }) =>
          [0, 1].map(async (turn) => cluster.service(turn).refresh(refreshToken)),
        ),
        ...[0, 1, 2].map(async (turn) => cluster.service(turn).mutate('login', { email, password })),
      ]);
      expect(reset.__typename).toBe('PasswordChanged');
      expect(await liveSessions(ada)).toEqual([]);
      await expectEnded([ada, other, ...pairsOf(raced)]);
    }
  });
});

describe('concurrent changes of an account', () => {
  test('never deadlock: a reset, a password change, a change of address, and a verification', async () => {
    const prepared = await atOnce(25, async (round) => {
      const ada = await cluster.service(round).register();
      return {
        ada,
        verifying: await mails.token(ada.email, 'verify-email'),
        confirming: await changeTokenOf(ada, newEmail()),
        resetting: await resetTokenOf(ada),
      };
    });
    for (const [round, { ada, verifying, confirming, resetting }] of prepared.entries()) {
      const answers = await Promise.all([
        cluster.service(round).mutation('resetPassword', { token: resetting, newPassword: NEW_PASSWORD }),
        cluster.service(round + 1).mutation('confirmEmailChange', { token: confirming }, { token: ada.accessToken }),
        cluster.service(round + 1).mutation('verifyEmail', { token: verifying }),
        cluster
          .service(round)
          .mutation(
            'changePassword',
            { currentPassword: ada.password, newPassword: `${NEW_PASSWORD} too` },
            { token: ada.accessToken },
          ),
      ]);
      const unexpected = answers.flatMap(({ errors }) => errors);
      expect(unexpected.filter(({ extensions }) => extensions.code !== 'UNAUTHENTICATED')).toEqual([]);
    }
  });

  test('never deadlock: links that are requested while one of them is used', async () => {
    const prepared = await atOnce(25, async (round) => {
      const ada = await cluster.service(round).register();
      return { ada, confirming: await changeTokenOf(ada, newEmail()), resetting: await resetTokenOf(ada) };
    });
    for (const [round, { ada, confirming, resetting }] of prepared.entries()) {
      const ask = async (turn: number): Promise<Answer> =>
        cluster
          .service(turn)
          .mutation('changeEmail', { newEmail: newEmail(), currentPassword: ada.password }, { token: ada.accessToken });
      const answers = await Promise.all([
        ask(round),
        cluster.service(round).mutation('forgotPassword', { email: ada.email }),
        cluster.service(round + 1).mutation('confirmEmailChange', { token: confirming }, { token: ada.accessToken }),
        cluster.service(round).mutation('resetPassword', { token: resetting, newPassword: NEW_PASSWORD }),
        ask(round + 1),
      ]);
      const unexpected = answers.flatMap(({ errors }) => errors);
      expect(unexpected.filter(({ extensions }) => extensions.code !== 'UNAUTHENTICATED')).toEqual([]);
    }
  });

  test('never deadlock: two users who confirm the address of the other', async () => {
    for (let round = 0; round < 5; round += 1) {
      const users = await atOnce(2, (turn) => cluster.service(turn).register());
      const tokens = await Promise.all(
        users.map(async (user, turn) => changeTokenOf(user, users[1 - turn]?.email ?? '')),
      );
      const outcomes = await atOnce(2, (turn) =>
        cluster
          .service(turn)
          .mutate('confirmEmailChange', { token: tokens[turn] ?? '' }, { token: users[turn]?.accessToken }),
      );
      expect(tally(outcomes)).toEqual({ EmailAlreadyExistsError: 2 });
    }
  });
});
