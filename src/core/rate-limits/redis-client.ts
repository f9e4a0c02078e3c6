import type * as Redis from '@redis/client';
import { sharedLookup } from '../../platform/shared-lookup.js';

const CONNECT_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_MS = 1_000;

/** Begins the name of every key. */
export const KEY_PREFIX = 'auth-subgraph:rate-limit';

export type RedisClient = ReturnType<typeof createRedisClient>;

export function createRedisClient(redis: Pick<typeof Redis, 'createClient'>, url: string) {
  return redis.createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      lookup: sharedLookup,
      reconnectStrategy: (retries) => Math.min(2 ** retries * 10, MAX_RECONNECT_MS),
    },
  });
}

/** What a client says about its failure. A server that does not know a command repeats it, with the password. */
export function redisProblem(error: NodeJS.ErrnoException, url: string): { code: string | undefined; problem: string } {
  const { code, message } = error;
  const password = decodeURIComponent(new URL(url).password);
  const problem = password === '' ? message : message.replaceAll(password, '***');
  return { code, problem };
}
