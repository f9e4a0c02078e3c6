import { expect, test } from '@jest/globals';
import { UserLoggedOut } from '../../src/kernel/events.js';
import { createTestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

test('a delivery that failed for the last time is parked, listed, and delivered when it is replayed', async () => {
  const app = await createTestApp();
  const state = { broken: true, calls: 0, heard: [] as string[] };
  app.auth.events.on(UserLoggedOut, ({ eventId }) => {
    state.calls += 1;
    if (state.broken) throw new Error('not today');
    state.heard.push(eventId);
  });
  await app.auth.start();
  const { accessToken } = await app.register();
  await app.mutate('logout', undefined, { token: accessToken });
  await until(() => state.calls > 0, 'the first try');
  // As if a day of tries had passed: the next one is the last.
  const lastTry = `update auth_jobs.job set retry_count = retry_limit, start_after = clock_timestamp()
    where name = 'auth-events' and data->>'listener' = 'UserLoggedOut:listener' and state = 'retry'`;
  await until(async () => {
    await app.database.sql(lastTry);
    return (await app.auth.deliveries.listParked()).length > 0;
  }, 'the parked delivery');
  const [parked] = await app.auth.deliveries.listParked();
  expect(parked).toMatchObject({ listener: 'UserLoggedOut:listener', eventName: 'UserLoggedOut' });
  state.broken = false;
  expect(await app.auth.deliveries.replayParked()).toBe(1);
  await until(() => state.heard.length > 0, 'the replayed delivery');
  expect(state.heard).toEqual([parked?.eventId]);
  expect(await app.auth.deliveries.listParked()).toEqual([]);
}, 60_000);
