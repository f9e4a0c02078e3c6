import { expect, test } from '@jest/globals';
import { isUuid, systemRandom, uuidV7 } from '../../src/platform/random.js';

test('an id is a UUID version 7 that starts with the time', () => {
  const now = new Date('2026-11-24T08:00:00.123Z');
  const id = uuidV7(now, systemRandom);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now.getTime());
});

test('ids of the same instant differ', () => {
  const now = new Date(0);
  expect(new Set(Array.from({ length: 1000 }, () => uuidV7(now, systemRandom))).size).toBe(1000);
});

test.each([
  undefined,
  null,
  7,
  '',
  'no',
  '{01890a5d-ac96-774b-bcce-b302099a8057}',
  '01890a5dac96774bbcceb302099a8057',
  {},
])('%j is not a UUID', (value) => {
  expect(isUuid(value)).toBe(false);
});
