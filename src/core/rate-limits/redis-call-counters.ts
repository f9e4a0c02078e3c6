import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { Logger } from '../../platform/logger.js';
import { limiterSettings, type CallCounterStore } from './call-counter-store.js';
import { createRedisClient, KEY_PREFIX, redisProblem, type RedisClient } from './redis-client.js';
import { StoreBreaker } from './store-breaker.js';

type Evaluate = RedisClient['eval'];

/** Counts calls in Redis. Connects in the background, so that the service starts even if Redis is unavailable. */
export async function redisCallCounters(url: string, logger: Logger): Promise<CallCounterStore> {
  // A CommonJS module, whose bundled form has no named exports.
  const { default: redis } = await import('@redis/client');
  const client = createRedisClient(redis, url);
  let connectionError: Error | undefined;
  const breaker = new StoreBreaker({
    failed: (error) => {
      const problem = redisProblem(connectionError ?? error, url);
      logger.error(problem, 'Redis is unavailable; each process counts its own calls');
    },
    recovered: () => {
      connectionError = undefined;
      logger.warn({}, 'Redis is available again');
    },
  });
  // An error event without a listener would end the process.
  client.on('error', (error: Error) => (connectionError = error));
  connect(client);
  const ask = async <Reply>(command: () => Promise<Reply>): Promise<Reply> => {
    try {
      return await command();
    } catch (error) {
      if (error instanceof redis.ErrorReply) reconnect(client);
      throw error;
    }
  };
  const storeClient = {
    eval: (...words: Parameters<Evaluate>) => breaker.run(() => ask(() => client.eval(...words))),
    del: (key: string) => breaker.run(() => ask(() => client.del(key))),
  };
  return {
    limiter: (rule) =>
      new RateLimiterRedis({
        ...limiterSettings(rule),
        ...{ storeClient, useRedisPackage: true, keyPrefix: KEY_PREFIX },
      }),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}

function connect(client: RedisClient): void {
  void client.connect().catch(() => undefined);
}

/** A server that rejects commands may have become a replica, and its address may lead to another server by now. */
function reconnect(client: RedisClient): void {
  // Another call that failed at the same time has done it.
  if (!client.isReady) return;
  client.destroy();
  connect(client);
}
