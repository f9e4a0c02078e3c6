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

test('random bytes are handed out once, and stay as they are', () => {
  const lengths = Array.from({ length: 2000 }, (_, n) => 16 + (n % 33));
  const drawn = lengths.map((length) => systemRandom.bytes(length));
  expect(drawn.map(({ length }) => length)).toEqual(lengths);
  const starts = drawn.map((bytes) => bytes.toString('hex').slice(0, 32));
  expect(new Set(starts).size).toBe(drawn.length);
});

test.each([0, 1, 4096, 4097, 100_000])('%i random bytes', (length) => {
  const bytes = systemRandom.bytes(length);
  expect(bytes).toHaveLength(length);
  // Of 4,096 bytes, one value is missing once in 35,000 runs.
  if (length >= 4096) expect(new Set(bytes).size).toBeGreaterThan(200);
  if (length >= 100_000) expect(new Set(bytes).size).toBe(256);
});
