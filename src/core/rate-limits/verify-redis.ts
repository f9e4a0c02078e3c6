import { RateLimiterRedis } from 'rate-limiter-flexible';
import { createRedisClient, KEY_PREFIX, redisProblem, type RedisClient } from './redis-client.js';

const TIMEOUT_MS = 4_000;
/** Calls that no limit counts. A node of a cluster rejects most keys, but may accept some. */
const KEYS = Array.from({ length: 20 }, (_value, index) => `a-check-of-the-setup-${String(index)}`);

/** Counts a call in Redis and forgets it. Returns what is wrong; `undefined` if Redis can be used. */
export async function verifyRedis(url: string): Promise<string | undefined> {
  const { default: redis } = await import('@redis/client');
  const client = createRedisClient(redis, url);
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      // Otherwise it would try to connect again.
      client.on('error', reject);
      timer = setTimeout(() => reject(new Error('it does not respond')), TIMEOUT_MS);
      countOnce(client).then(resolve, reject);
    });
    return undefined;
  } catch (error) {
    const { code, problem } = redisProblem(error as Error, url);
    return problem === '' ? code : problem;
  } finally {
    clearTimeout(timer);
    client.destroy();
  }
}

/** Sends the same commands as the rate limits do. */
async function countOnce(client: RedisClient): Promise<void> {
  await client.connect();
  const limiter = new RateLimiterRedis({
    ...{ storeClient: client, useRedisPackage: true, keyPrefix: KEY_PREFIX },
    ...{ points: Number.MAX_SAFE_INTEGER, duration: 1 },
  });
  await Promise.all(
    KEYS.map(async (key) => {
      await limiter.consume(key);
      await limiter.delete(key);
    }),
  );
}
