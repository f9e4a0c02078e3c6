import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Registry } from 'prom-client';
import type { Outcome } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { hasRedis, redisAddress, startRedis, type RedisServer } from '../support/redis.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';
import { until } from '../support/until.js';

const LIMITS = { enabled: true, login: 'account 3/1h', register: 'off' };
const UNAVAILABLE = 'Redis is unavailable; each process counts its own calls';

if (!hasRedis) process.stderr.write('redis-server is not installed: its tests are skipped\n');

(hasRedis ? describe : describe.skip)('calls that Redis counts', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });

  const appOn = (options: TestOptions = {}): Promise<TestApp> =>
    createTestApp({ ...options, redisUrl: redis.url, rateLimits: LIMITS });

  async function loginsOf(app: TestApp, user: { email: string; password: string }, count: number): Promise<string[]> {
    const names: string[] = [];
    for (let n = 0; n < count; n += 1)
      names.push((await app.mutate('login', { email: user.email, password: user.password })).__typename);
    return names;
  }

  test('are limited across processes, and need no table', async () => {
    const app = await appOn();
    const other = await appOn({ database: { url: app.database.url }, clock: app.clock });
    const ada = await app.register();
    const login = (turn: number): Promise<Outcome> =>
      (turn % 2 === 0 ? app : other).mutate('login', { email: ada.email, password: ada.password });
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_value, turn) => login(turn)));
    expect(outcomes.filter((outcome) => outcome.__typename === 'LoginSuccess')).toHaveLength(3);
    expect(outcomes.filter((outcome) => outcome.__typename === 'TooManyRequestsError')).toHaveLength(17);
    expect(await app.database.sql('select from auth_rate_limit')).toEqual([]);
  });

  test('are not limited any longer than their window if the clock is set back', async () => {
    const app = await appOn();
    const ada = await app.register();
    await loginsOf(app, ada, 4);
    const { now } = Date;
    const setBack = jest.spyOn(Date, 'now').mockImplementation(() => now() - 7_200_000);
    const names = await loginsOf(app, ada, 4);
    setBack.mockRestore();
    expect(names).toEqual([...Array<string>(3).fill('LoginSuccess'), 'TooManyRequestsError']);
  });

  test.each([
    ['is killed', () => redis.stop(), () => redis.start()],
    ['does not respond', () => redis.pause(), () => redis.resume()],
  ])('are counted in the process while Redis %s, and in Redis again later', async (_name, fail, recover) => {
    const { logger, lines } = recordingLogger();
    const messages = (): string[] =>
      lines()
        .map(({ msg }) => String(msg))
        .filter((text) => text.includes('Redis'));
    const metrics = new Registry();
    const isUp = async (): Promise<unknown> => metrics.getSingleMetricAsString('auth_rate_limit_store_up');
    const app = await appOn({ logger, metrics });
    const [ada, bob] = [await app.register(), await app.register()];
    await loginsOf(app, ada, 1);
    await fail();
    expect(await loginsOf(app, bob, 5)).toEqual([
      ...Array<string>(3).fill('LoginSuccess'),
      ...Array<string>(2).fill('TooManyRequestsError'),
    ]);
    expect(messages()).toEqual([UNAVAILABLE]);
    expect(await isUp()).toContain('{store="redis"} 0');
    await recover();
    const eve = await app.register();
    await until(async () => {
      await loginsOf(app, eve, 1);
      return messages().length > 1 ? true : undefined;
    }, 'Redis to count again');
    expect(messages()).toEqual([UNAVAILABLE, 'Redis is available again']);
    expect(await isUp()).toContain('{store="redis"} 1');
  });

  test('are counted together again after another server has taken over the address', async () => {
    const [old, next] = [await startRedis(), await startRedis()];
    const address = await redisAddress(old);
    const limited = { redisUrl: address.url, rateLimits: LIMITS };
    const app = await createTestApp(limited);
    const other = await createTestApp({ ...limited, database: { url: app.database.url }, clock: app.clock });
    await loginsOf(app, await app.register(), 1);
    await loginsOf(other, await app.register(), 1);
    await old.follow(next);
    address.leadTo(next);
    const names = await until(async () => {
      const ada = await app.register();
      const all = [...(await loginsOf(app, ada, 3)), ...(await loginsOf(other, ada, 3))];
      return all.filter((name) => name === 'LoginSuccess').length === 3 ? all : undefined;
    }, 'the processes to count together');
    expect(names).toEqual([...Array<string>(3).fill('LoginSuccess'), ...Array<string>(3).fill('TooManyRequestsError')]);
  });

  test('are counted in Redis again if only the connection has died, without being closed', async () => {
    const address = await redisAddress(redis);
    const { logger, lines } = recordingLogger();
    const app = await createTestApp({ redisUrl: address.url, rateLimits: LIMITS, logger });
    const ada = await app.register();
    await loginsOf(app, ada, 1);
    address.freeze();
    await until(async () => {
      await loginsOf(app, ada, 1);
      return lines().some(({ msg }) => msg === 'Redis is available again');
    }, 'Redis to count again');
  });

  test('are counted in the process if Redis is unavailable when the service starts', async () => {
    await redis.stop();
    const app = await appOn();
    const ada = await app.register();
    expect(await loginsOf(app, ada, 4)).toEqual([...Array<string>(3).fill('LoginSuccess'), 'TooManyRequestsError']);
    await redis.start();
  });
});

test('the address of Redis is checked when the service starts', async () => {
  await expect(createTestApp({ redisUrl: 'http://127.0.0.1:6379' })).rejects.toThrow('redisUrl must be an address');
});
