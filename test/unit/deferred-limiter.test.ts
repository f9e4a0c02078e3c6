import { expect, test } from '@jest/globals';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { DeferredLimiter } from '../../src/core/rate-limits/deferred-limiter.js';
import { WindowLimiter } from '../../src/core/rate-limits/window-limiter.js';

const POINTS = 100;

/** A shared count that all processes together have used up. */
class UsedUp extends RateLimiterMemory {
  constructor(private readonly msBeforeNext: number) {
    super({ points: POINTS, duration: 60 });
  }

  override penalty(): Promise<RateLimiterRes> {
    return Promise.resolve(new RateLimiterRes(0, this.msBeforeNext, POINTS));
  }
}

const callsOn = async (shared: UsedUp): Promise<PromiseSettledResult<RateLimiterRes>[]> => {
  const limiter = new DeferredLimiter(new WindowLimiter(shared));
  const results: PromiseSettledResult<RateLimiterRes>[] = [];
  for (let call = 0; call < 10; call += 1)
    results.push(...(await Promise.allSettled([limiter.consume('key', () => undefined)])));
  return results;
};

test('a limit that all processes together have reached blocks the key for the rest of the window', async () => {
  const last = (await callsOn(new UsedUp(30_000))).at(-1);
  expect(last).toMatchObject({ status: 'rejected', reason: { msBeforeNext: expect.any(Number) as unknown } });
});

test.each([0, -2])('a window that is over when the store responds blocks nothing (%d ms)', async (msBeforeNext) => {
  const results = await callsOn(new UsedUp(msBeforeNext));
  expect(results.map(({ status }) => status)).toEqual(Array(10).fill('fulfilled'));
});

test.each([20, 39])(
  'a small limit is exact: a call is refused at once if others have used up %d calls',
  async (points) => {
    const shared = new RateLimiterMemory({ points, duration: 60 });
    await shared.penalty('key', points);
    const limiter = new DeferredLimiter(new WindowLimiter(shared));
    await expect(limiter.consume('key', () => undefined)).rejects.toBeInstanceOf(RateLimiterRes);
  },
);
