import { expect, test } from '@jest/globals';
import { MailDeliveryError } from '../../src/index.js';
import { runCommand } from '../support/service-process.js';
import { createTestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

test('a delivery that was given up is listed with its time, and replayed', async () => {
  const refusal = new MailDeliveryError('EENVELOPE', 550);
  const app = await createTestApp({ mailer: { send: () => Promise.reject(refusal) }, background: true });
  await app.register();
  const [parked] = await until(async () => {
    const found = await app.auth.deliveries.listParked();
    return found.length > 0 && found;
  }, 'a parked delivery');
  expect(parked?.since).toBeInstanceOf(Date);

  const settings = { DATABASE_URL: app.database.url };
  const listed = await runCommand(['events', 'failed'], settings);
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(listed.stdout).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}EmailVerificationRequested:mail {2}[\da-f-]{36} {2}MailDeliveryError EENVELOPE 550\n$/,
  );
  expect(listed.stdout).toContain(parked?.eventId);
  expect((await runCommand(['doctor'], settings)).stdout).toContain('Deliveries that have been given up: 1.');
  expect(await app.auth.deliveries.countParked()).toBe(1);
  const replayed = await runCommand(['events', 'replay', parked?.eventId ?? ''], settings);
  expect(replayed).toMatchObject({ code: 0, stdout: 'Deliveries that will be retried: 1.\n' });
  expect(await runCommand(['events', 'replay'], settings)).toMatchObject({ code: 0 });
});

test('deliveries that were given up are deleted, those of an event or all', async () => {
  const refusal = new MailDeliveryError('EENVELOPE', 550);
  const app = await createTestApp({ mailer: { send: () => Promise.reject(refusal) }, background: true });
  for (let count = 0; count < 3; count += 1) await app.register();
  const [first, ...others] = await until(async () => {
    const found = await app.auth.deliveries.listParked();
    return found.length === 3 && found;
  }, 'the parked deliveries');
  const settings = { DATABASE_URL: app.database.url };
  const left = async (): Promise<string[]> => (await app.auth.deliveries.listParked()).map(({ eventId }) => eventId);
  const discard = (...words: string[]): ReturnType<typeof runCommand> =>
    runCommand(['events', 'discard', ...words], settings);
  expect(await discard(first?.eventId ?? '')).toMatchObject({ code: 0, stdout: 'Deliveries that were deleted: 1.\n' });
  expect(await left()).toEqual(others.map(({ eventId }) => eventId));
  expect(await discard(first?.eventId ?? '')).toMatchObject({ code: 3 });
  expect(await discard('--all', '--yes')).toMatchObject({ code: 0, stdout: 'Deliveries that were deleted: 2.\n' });
  expect(await left()).toEqual([]);
});
