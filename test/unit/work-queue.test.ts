import { expect, test } from '@jest/globals';
import { WorkQueue } from '../../src/core/credentials/work-queue.js';

class Full extends Error {}

function controlled(): { work: () => Promise<void>; finishNext: () => void; started: () => number } {
  const finishers: (() => void)[] = [];
  let started = 0;
  return {
    work: () =>
      new Promise((resolve) => {
        started += 1;
        finishers.push(resolve);
      }),
    finishNext: () => finishers.shift()?.(),
    started: () => started,
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('runs no more at once than it may, the rest in order', async () => {
  const queue = new WorkQueue(2, 10, () => {
    throw new Full();
  });
  const { work, finishNext, started } = controlled();
  const all = Array.from({ length: 5 }, () => queue.run(work));
  await settle();
  for (const expected of [2, 3, 4, 5, 5]) {
    expect(started()).toBe(expected);
    finishNext();
    await settle();
  }
  await Promise.all(all);
});

test('refuses work past its capacity, and takes work again once there is room', async () => {
  const queue = new WorkQueue(1, 1, () => {
    throw new Full();
  });
  const { work, finishNext } = controlled();
  const running = queue.run(work);
  const waiting = queue.run(work);
  await expect(queue.run(work)).rejects.toThrow(Full);
  finishNext();
  await running;
  const next = queue.run(work);
  finishNext();
  await waiting;
  await settle();
  finishNext();
  await next;
});

test('failed work makes room like any other', async () => {
  const queue = new WorkQueue(1, 0, () => {
    throw new Full();
  });
  await expect(queue.run(() => Promise.reject(new RangeError()))).rejects.toThrow(RangeError);
  await expect(queue.run(() => Promise.resolve(7))).resolves.toBe(7);
});
