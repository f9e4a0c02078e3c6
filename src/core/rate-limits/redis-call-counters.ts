import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { Logger } from '../../platform/logger.js';
import { limiterSettings, type CallCounterStore } from './call-counter-store.js';
import { createRedisClient, KEY_PREFIX, redisProblem, type RedisClient } from './redis-client.js';
import { RedisConnection } from './redis-connection.js';
import { StoreBreaker } from './store-breaker.js';

type Evaluate = RedisClient['eval'];

/** Counts calls in Redis. Connects in the background, so that the service starts even if Redis is unavailable. */
export async function redisCallCounters(url: string, logger: Logger): Promise<CallCounterStore> {
  // A CommonJS module, whose bundled form has no named exports.
  const { default: redis } = await import('@redis/client');
  let connectionError: Error | undefined;
  const connection = new RedisConnection(() => {
    const client = createRedisClient(redis, url);
    // An error event without a listener would end the process.
    return client.on('error', (error: Error) => (connectionError = error));
  });
  const breaker = new StoreBreaker({
    failed: (error, isNews) => {
      const problem = redisProblem(connectionError ?? error, url);
      if (isNews) logger.error(problem, 'Redis is unavailable; each process counts its own calls');
      // A server that rejects commands may have become a replica, and one that does not respond may be gone.
      connection.renew();
    },
    recovered: () => {
      connectionError = undefined;
      logger.warn({}, 'Redis is available again');
    },
  });
  const storeClient = {
    eval: (...words: Parameters<Evaluate>) => breaker.run(() => connection.client.eval(...words)),
    del: (key: string) => breaker.run(() => connection.client.del(key)),
  };
  return {
    name: 'redis',
    limiter: (rule) =>
      new RateLimiterRedis({
        ...limiterSettings(rule),
        ...{ storeClient, useRedisPackage: true, keyPrefix: KEY_PREFIX },
      }),
    isAvailable: () => breaker.isAvailable,
    close: () => {
      connection.close();
      return Promise.resolve();
    },
  };
}
