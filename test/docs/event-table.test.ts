import { expect, test } from '@jest/globals';
import * as publicApi from '../../src/index.js';
import { documentedTable } from '../support/documented-table.js';
import { allDelivered } from '../support/deliveries.js';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const NEW_PASSWORD = 'a better horse battery';
const IN_EVERY_EVENT = ['eventId', 'occurredAt'];

const eventClasses = Object.values(publicApi).filter(
  (value) => typeof value === 'function' && value.prototype instanceof publicApi.DomainEvent,
) as publicApi.EventClass[];

/** The token of an email, once every listener has had the event: the event of a used token reaches no listener. */
async function tokenOnceDelivered(app: TestApp, address: string, kind: string): Promise<string> {
  await allDelivered(app);
  return app.mailer.token(address, kind);
}

/** Does everything that an event tells of, except for what needs another configuration. */
async function liveThroughEverything(app: TestApp): Promise<void> {
  const ada = await app.register();
  await app.mutate('verifyEmail', { token: await tokenOnceDelivered(app, ada.email, 'verify-email') });
  await app.auth.services.roles.set(ada.userId, ['editor']);

  const grace = await app.register();
  app.clock.advance(61);
  await app.mutate('resendVerification', { email: grace.email });
  await app.mutate('refresh', { refreshToken: grace.refreshToken });
  app.clock.advance(61);
  await app.mutate('refresh', { refreshToken: grace.refreshToken });

  const { accessToken: token } = await app.login(ada);
  const newEmailAddress = newEmail();
  await app.mutate('changeEmail', { newEmail: newEmailAddress, currentPassword: ada.password }, { token });
  const moved = await tokenOnceDelivered(app, newEmailAddress, 'change-email-confirm');
  await app.mutate('confirmEmailChange', { token: moved }, { token });
  const { accessToken } = await app.login({ email: newEmailAddress, password: ada.password });
  await app.mutate(
    'changePassword',
    { currentPassword: ada.password, newPassword: NEW_PASSWORD },
    { token: accessToken },
  );
  await app.mutate('logout', undefined, { token: accessToken });

  for (let guess = 0; guess < 5; guess += 1) await app.mutate('login', { email: newEmailAddress, password: 'wrong' });
  await app.auth.services.unlock.unlock(newEmailAddress);
  await app.mutate('forgotPassword', { email: newEmailAddress });
  const reset = await tokenOnceDelivered(app, newEmailAddress, 'reset-password');
  await app.mutate('resetPassword', { token: reset, newPassword: DEFAULT_PASSWORD });
}

/** Registers an address twice, where the owner has to verify it first. */
async function registerTwice(app: TestApp): Promise<void> {
  const input = { email: newEmail(), password: DEFAULT_PASSWORD };
  await app.mutate('register', input);
  await app.mutate('verifyEmail', { token: await tokenOnceDelivered(app, input.email, 'verify-email') });
  // A second email of a kind is due a minute later.
  app.clock.advance(61);
  await app.mutate('register', input);
}

/** The fields of each event that listeners get while something is done. */
async function fieldsHeard(app: TestApp, work: (app: TestApp) => Promise<void>): Promise<Record<string, string[]>> {
  const heard: Record<string, string[]> = {};
  for (const eventClass of eventClasses)
    app.auth.events.on(
      eventClass,
      (event) => {
        heard[eventClass.name] = Object.keys(event)
          .filter((field) => !IN_EVERY_EVENT.includes(field))
          .sort();
      },
      'event-table',
    );
  await app.auth.start();
  await work(app);
  await allDelivered(app);
  return heard;
}

test('the table of events lists every event with the fields that listeners receive, and no other', async () => {
  const strict = await createTestApp({ registration: { requireEmailVerification: true } });
  const heard = {
    ...(await fieldsHeard(await createTestApp(), liveThroughEverything)),
    ...(await fieldsHeard(strict, registerTwice)),
  };
  const documented = documentedTable('events').map((row): [string, string[]] => {
    const fields = (row['Fields'] ?? '').replaceAll('`', '').split(', ');
    return [row['Event'] ?? '', fields.sort()];
  });
  expect(Object.fromEntries(documented)).toEqual(heard);
  expect(documented.map(([name]) => name).sort()).toEqual(eventClasses.map(({ name }) => name).sort());
}, 60_000);
