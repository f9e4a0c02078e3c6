import { expect, test } from '@jest/globals';
import * as publicApi from '../../src/index.js';
import { documentedTable } from '../support/documented-table.js';
import { allDelivered } from '../support/deliveries.js';
import { causeEveryEvent, registerTwice } from '../support/every-event.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const IN_EVERY_EVENT = ['eventId', 'occurredAt', 'actor'];

const eventClasses = Object.values(publicApi).filter(
  (value) => typeof value === 'function' && value.prototype instanceof publicApi.DomainEvent,
) as publicApi.EventClass[];

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
    ...(await fieldsHeard(await createTestApp(), causeEveryEvent)),
    ...(await fieldsHeard(strict, registerTwice)),
  };
  const documented = documentedTable('events').map((row): [string, string[]] => {
    const fields = (row['Fields'] ?? '').replaceAll('`', '').split(', ');
    return [row['Event'] ?? '', fields.sort()];
  });
  expect(Object.fromEntries(documented)).toEqual(heard);
  expect(documented.map(([name]) => name).sort()).toEqual(eventClasses.map(({ name }) => name).sort());
});
