import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { verifyRedis } from '../../src/core/rate-limits/verify-redis.js';
import { freePort } from '../support/free-port.js';
import { hasRedis, startRedis, type RedisServer } from '../support/redis.js';
import { until } from '../support/until.js';

(hasRedis ? describe : describe.skip)('the check of Redis', () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startRedis();
  });

  const withCredentials = (credentials: string): string => redis.url.replace('//', `//${credentials}@`);

  test('finds no problem in a server that counts, and leaves nothing there', async () => {
    expect(await verifyRedis(redis.url)).toBeUndefined();
    expect(await redis.send('DBSIZE')).toBe(':0\r\n');
    await redis.send('CONFIG SET requirepass of-a-test');
    expect(await verifyRedis(withCredentials(':of-a-test'))).toBeUndefined();
  });

  test('reports a wrong password, without printing it', async () => {
    await redis.send('CONFIG SET requirepass of-a-test');
    const problem = await verifyRedis(withCredentials(':wr0ng-one'));
    expect(problem).toMatch(/^WRONGPASS /);
    expect(problem).not.toContain('wr0ng-one');
    expect(await verifyRedis(redis.url)).toMatch(/^NOAUTH /);
  });

  test('reports a replica, which refuses writes', async () => {
    await redis.follow(await startRedis());
    expect(await verifyRedis(redis.url)).toMatch(/^READONLY /);
  });

  test.each(['eval', 'del', 'incrby'])('reports a user who may not run the command %s', async (command) => {
    await redis.send(`ACL SETUSER ada on >of-a-test ~* +@all -${command}`);
    expect(await verifyRedis(withCredentials('ada:of-a-test'))).toMatch(/permissions|can't run this command/);
  });

  test('reports a node of a cluster, which serves only some keys', async () => {
    const port = ['--cluster-port', String(await freePort())];
    const node = await startRedis(['--cluster-enabled', 'yes', '--cluster-require-full-coverage', 'no', ...port]);
    await node.send('CLUSTER ADDSLOTSRANGE 0 8191');
    await until(async () => (await node.send('CLUSTER INFO')).includes('cluster_state:ok'), 'the cluster');
    expect(await verifyRedis(node.url)).toMatch(/^(CLUSTERDOWN|MOVED) /);
  });

  test('reports a server that is not running, or does not respond', async () => {
    await redis.pause();
    expect(await verifyRedis(redis.url)).toBe('it does not respond');
    await redis.resume();
    await redis.stop();
    expect(await verifyRedis(redis.url)).toMatch(/ECONNREFUSED/);
  });
});

test('a server that repeats what it does not understand does not reveal the password', async () => {
  const old = createServer((socket) => {
    socket.on('data', (data) => {
      socket.write(`-ERR unknown command, with args beginning with: ${data.toString().replaceAll('\r\n', ' ')}\r\n`);
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(old, 'listening');
  const { port } = old.address() as AddressInfo;
  const problem = await verifyRedis(`redis://:s3cret%2Fone@127.0.0.1:${String(port)}`);
  old.close();
  expect(problem).toMatch(/^ERR unknown command.*AUTH.*\*\*\*/);
  expect(problem).not.toContain('s3cret');
});
