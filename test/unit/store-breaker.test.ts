import { setTimeout as delay } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { limiterSettings } from '../../src/core/rate-limits/call-counter-store.js';
import { RateLimits } from '../../src/core/rate-limits/rate-limits.js';
import { StoreBreaker } from '../../src/core/rate-limits/store-breaker.js';
import { recordingLogger } from '../support/recording-logger.js';

const LIMITS = 'origin 999/1h, pair 999/1h, account 999/1h';
const ORIGIN = { ipAddress: '192.0.2.1', userAgent: null };

/** Limits whose store answers as told. */
function limitsOn(answer: () => Promise<unknown>) {
  const asked: string[] = [];
  const reports: string[] = [];
  const breaker = new StoreBreaker({
    failed: (_error, isNews) => isNews && reports.push('failed'),
    recovered: () => reports.push('recovered'),
  });
  const store = {
    eval(_script: string, { keys: [key = ''] }: { keys: string[] }) {
      return breaker.run(() => {
        asked.push(key);
        return answer();
      });
    },
  };
  const limits = new RateLimits(
    {
      name: 'redis',
      isAvailable: () => breaker.isAvailable,
      limiter: (rule) => new RateLimiterRedis({ ...limiterSettings(rule), storeClient: store, useRedisPackage: true }),
      close: () => Promise.resolve(),
    },
    recordingLogger().logger,
  );
  return { breaker, limit: limits.of('login', LIMITS), asked, reports };
}

test('the keys of one call share one time limit for a slow store', async () => {
  const { limit, asked, reports } = limitsOn(() => delay(1_100, [1, 3_600_000]));
  await limit.take({ account: 'ada@example.com', origin: ORIGIN });
  // The second key has 0.9 seconds left, and the third is counted in memory.
  expect([asked.length, reports]).toEqual([2, ['failed']]);
});

test('after a failure one call at a time tries the store, and all use it again once it responds', async () => {
  const store = { respond: (): void => undefined };
  let answer: Promise<unknown> = Promise.reject(new Error('down'));
  const { limit, asked, reports } = limitsOn(() => answer);
  const take = (): Promise<void> => limit.take({ origin: ORIGIN });
  await take();
  answer = new Promise((resolve) => {
    store.respond = () => {
      resolve([1, 3_600_000]);
    };
  });
  const attempts: Promise<void>[] = [];
  while (asked.length < 2) {
    attempts.push(take());
    await delay(50);
  }
  await Promise.all(Array.from({ length: 5 }, take));
  expect([asked.length, reports]).toEqual([2, ['failed']]);
  store.respond();
  await Promise.all(attempts);
  await Promise.all([take(), take()]);
  expect([asked.length, reports]).toEqual([4, ['failed', 'recovered']]);
});

test('a failure counts as over if nothing was counted for ten minutes', async () => {
  const { breaker, limit } = limitsOn(() => Promise.reject(new Error('down')));
  expect(breaker.isAvailable).toBe(true);
  await limit.take({ origin: ORIGIN });
  expect(breaker.isAvailable).toBe(false);
  const start = performance.now();
  const later = jest.spyOn(performance, 'now').mockReturnValue(start + 11 * 60_000);
  expect(breaker.isAvailable).toBe(true);
  await limit.take({ origin: ORIGIN });
  expect(breaker.isAvailable).toBe(false);
  later.mockRestore();
});

test('the store is used again after each of several outages', async () => {
  let isDown = false;
  const { limit, reports } = limitsOn(() =>
    isDown ? Promise.reject(new Error('down')) : Promise.resolve([1, 3_600_000]),
  );
  const start = performance.now();
  const clock = jest.spyOn(performance, 'now');
  for (let turn = 0; turn < 4; turn += 1) {
    isDown = turn % 2 === 0;
    clock.mockReturnValue(start + turn * 3_000);
    await limit.take({ origin: ORIGIN });
  }
  clock.mockRestore();
  expect(reports).toEqual(['failed', 'recovered', 'failed', 'recovered']);
});
