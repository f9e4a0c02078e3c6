import { afterEach, expect, jest, test } from '@jest/globals';
import { HashQueue } from '../../src/core/credentials/hash-queue.js';
import { TooManyRequestsError } from '../../src/core/errors/errors.js';
import { settled } from '../support/settled.js';

/** With hashes of one second and a maximum wait of five. */
const WAITING_PER_THREAD = 5;

/** Hashes that end when they are told to. */
function heldHashes(): { begun: string[]; endNext: () => void; hash: (name: string) => () => Promise<string> } {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  return {
    begun,
    endNext: () => ends.shift()?.(),
    hash: (name) => () => {
      begun.push(name);
      return new Promise((resolve) => ends.push(() => resolve(name)));
    },
  };
}

test('a password that would wait for too long is refused, and the others are hashed in order', async () => {
  const queue = new HashQueue(1, 1);
  const { begun, endNext, hash } = heldHashes();
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const accepted = names.map((name) => queue.run(hash(name)));
  await expect(queue.run(hash('g'))).rejects.toMatchObject({
    name: 'TooManyRequestsError',
    retryAfterSeconds: WAITING_PER_THREAD,
  });
  expect(begun).toEqual(['a']);
  while (begun.length < names.length) {
    endNext();
    await settled();
  }
  endNext();
  expect(await Promise.all(accepted)).toEqual(names);
  expect(begun).toEqual(names);
});

test('the level says how full the queue is before it refuses', () => {
  const queue = new HashQueue(2, 1);
  const { hash } = heldHashes();
  const levels = Array.from({ length: 2 + 2 * WAITING_PER_THREAD }, (_, n) => {
    void queue.run(hash(String(n)));
    return queue.level;
  });
  expect([levels[1], levels[6], levels.at(-1)]).toEqual([0, 0.5, 1]);
});

afterEach(() => {
  jest.restoreAllMocks();
});

test('a password that has waited for too long is refused, because the hashes before it were slower than estimated', async () => {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
  const queue = new HashQueue(1, 1);
  const { begun, endNext, hash } = heldHashes();
  const first = queue.run(hash('first'));
  const late = queue.run(hash('late')).catch((error: unknown) => error);
  await settled();
  clock.mockReturnValue(5_001);
  const next = queue.run(hash('next'));
  endNext();
  await settled();
  endNext();
  expect(await late).toBeInstanceOf(TooManyRequestsError);
  expect(await Promise.all([first, next])).toEqual(['first', 'next']);
  expect(begun).toEqual(['first', 'next']);
});

test('slower hashes shorten the queue', async () => {
  const fast = new HashQueue(1, 0.001);
  const slow = new HashQueue(1, 1);
  for (const queue of [fast, slow])
    for (let n = 0; n < 1 + WAITING_PER_THREAD; n += 1) queue.run(heldHashes().hash('x')).catch(() => undefined);
  expect(fast.level).toBeLessThan(0.01);
  expect(slow.level).toBe(1);
});

test('the password of a caller who has disconnected is not hashed', async () => {
  const queue = new HashQueue(1, 1);
  const { begun, endNext, hash } = heldHashes();
  const caller = { destroyed: false };
  const first = queue.run(hash('first'));
  const gone = queue.run(hash('gone'), caller).catch((error: unknown) => error);
  const last = queue.run(hash('last'));
  await settled();
  caller.destroyed = true;
  endNext();
  await settled();
  endNext();
  expect(await gone).toBeInstanceOf(TooManyRequestsError);
  expect(await Promise.all([first, last])).toEqual(['first', 'last']);
  expect(begun).toEqual(['first', 'last']);
});

test('callers who have disconnected make room for others', async () => {
  const queue = new HashQueue(1, 1);
  const { hash } = heldHashes();
  const caller = { destroyed: false };
  void queue.run(hash('first'));
  const gone = Array.from({ length: WAITING_PER_THREAD }, () => queue.run(hash('gone'), caller).catch(() => 'refused'));
  await expect(queue.run(hash('early'))).rejects.toBeInstanceOf(TooManyRequestsError);
  caller.destroyed = true;
  void queue.run(hash('late'));
  expect(await Promise.all(gone)).toEqual(Array(WAITING_PER_THREAD).fill('refused'));
});

test('a hash that fails leaves its thread to the next', async () => {
  const queue = new HashQueue(1, 1);
  await expect(queue.run(() => Promise.reject(new RangeError('no')))).rejects.toThrow('no');
  expect(await queue.run(() => Promise.resolve('next'))).toBe('next');
});

test('hashes that turn out to be slower shorten the queue', async () => {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
  const queue = new HashQueue(1, 0.001);
  const levelOfOne = (): number => {
    const { hash } = heldHashes();
    void queue.run(hash('running'));
    void queue.run(hash('waiting'));
    return queue.level;
  };
  for (let n = 1; n <= 30; n += 1) {
    const { endNext, hash } = heldHashes();
    const done = queue.run(hash('slow'));
    await settled();
    clock.mockReturnValue(n * 1_000);
    endNext();
    await done;
  }
  expect(levelOfOne()).toBe(1 / WAITING_PER_THREAD);
});
