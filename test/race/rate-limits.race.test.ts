import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { newEmail } from '../support/graphql-client.js';
import { hasRedis, startRedis } from '../support/redis.js';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTwoServices({
    RATE_LIMITS_ENABLED: 'true',
    RATE_LIMITS_LOGIN: 'account 10/1h',
    RATE_LIMITS_REGISTER: 'off',
    LOCKOUT_ENABLED: 'false',
    TRUSTED_HOPS: '1',
  });
});

test('of sixty concurrent sign-ins over two processes, exactly as many as the limit allows are tried', async () => {
  const { email } = await cluster.service(0).register();
  // Both have the connections that count.
  await atOnce(4, (turn) => cluster.service(turn).mutate('login', { email: newEmail(), password: 'wrong' }));
  const outcomes = await atOnce(60, (turn) => {
    const headers = { 'x-forwarded-for': `198.51.100.${String(turn)}` };
    return cluster.service(turn).mutate('login', { email, password: 'wrong' }, { headers });
  });
  const names = outcomes.map(({ __typename }) => __typename);
  expect(names.filter((name) => name === 'InvalidCredentialsError')).toHaveLength(10);
  expect(names.filter((name) => name === 'TooManyRequestsError')).toHaveLength(50);
});

test('refreshes over two processes count together, and one of them logs that the limit is reached', async () => {
  const limited = await startTwoServices({ RATE_LIMITS_ENABLED: 'true', RATE_LIMITS_REFRESH: 'origin 100/1h' });
  const outcomes = [];
  for (let round = 0; round < 30; round += 1) {
    outcomes.push(...(await atOnce(10, (turn) => limited.service(turn).refresh('unknown'))));
    // The counts are shared in the meantime.
    await delay(50);
  }
  const answered = outcomes.filter(({ __typename }) => __typename === 'InvalidTokenError');
  expect(answered.length).toBeGreaterThanOrEqual(100);
  // Each process alone allows a hundred.
  expect(answered.length).toBeLessThan(200);
  const lines = limited.services.flatMap((service) => service.output().split('\n'));
  const reached = lines.filter((line) => line.includes('a rate limit was reached'));
  expect(reached.map((line) => JSON.parse(line) as object)).toMatchObject([
    { operation: 'refresh', limit: 'origin', ipAddress: expect.stringContaining('127.0.0.1') as unknown },
  ]);
});

if (!hasRedis) process.stderr.write('redis-server is not installed: its test is skipped\n');

(hasRedis ? test : test.skip)('Redis counts for two processes', async () => {
  const redis = await startRedis();
  const limited = await startTwoServices({
    ...{
      RATE_LIMITS_ENABLED: 'true',
      RATE_LIMITS_LOGIN: 'account 5/1h',
      REDIS_URL: redis.url,
      LOCKOUT_ENABLED: 'false',
    },
  });
  const email = newEmail();
  const outcomes = await atOnce(20, (turn) => limited.service(turn).mutate('login', { email, password: 'wrong' }));
  const tried = outcomes.filter(({ __typename }) => __typename === 'InvalidCredentialsError');
  expect(tried).toHaveLength(5);
});
