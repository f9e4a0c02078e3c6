import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import type { PasswordHasher } from '../../src/index.js';
import { newEmail } from '../support/graphql-client.js';
import { GatedHasher } from '../support/gated-hasher.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

/** A hasher whose queue is as full as the test says. */
class FillingHasher extends GatedHasher {
  level = 0;
}

async function readiness({ server }: TestApp): Promise<[status: number, reason: string]> {
  const response = await server.inject('/health/ready');
  return [response.statusCode, response.json<{ status: string }>().status];
}

const BUSY = [503, 'too many passwords are waiting'];
const READY = [200, 'ok'];

test('the readiness check fails before passwords are refused, and passes once most of them are hashed', async () => {
  const hasher = new FillingHasher();
  const app = await createTestApp({ hasher });
  const ada = await app.register();
  const seen: unknown[] = [];
  for (const level of [0, 0.5, 0.8, 0.5, 0.8, 0.2, 0.5]) {
    hasher.level = level;
    seen.push(await readiness(app));
  }
  expect(seen).toEqual([READY, READY, BUSY, BUSY, BUSY, READY, READY]);
  hasher.level = 0.8;
  expect(await readiness(app)).toEqual(BUSY);
  await app.login(ada);
  expect((await app.server.inject('/health/live')).statusCode).toBe(200);
});

test('the readiness check ignores the load if readiness.watchLoad is off', async () => {
  const hasher = new FillingHasher();
  const app = await createTestApp({ hasher, readiness: { watchLoad: false } });
  hasher.level = 1;
  expect(await readiness(app)).toEqual(READY);
});

test('the readiness check fails while the event loop is blocked again and again, and passes afterwards', async () => {
  const app = await createTestApp();
  const blocked = new Int32Array(new SharedArrayBuffer(4));
  await until(async () => {
    Atomics.wait(blocked, 0, 0, 2_000);
    // Lets the timers run.
    await new Promise((resolve) => setTimeout(resolve, 1));
    return (await readiness(app))[0] === 503;
  }, 'a failing check');
  expect(await readiness(app)).toEqual([503, 'the event loop is too slow']);
  await until(async () => (await readiness(app))[0] === 200, 'a passing check');
});

test('the hasher learns when the caller of a sign-in disconnects', async () => {
  const callers: ({ readonly destroyed: boolean } | undefined)[] = [];
  const gated = new GatedHasher();
  const hasher: PasswordHasher = {
    hash: (password) => gated.hash(password),
    needsRehash: () => false,
    verify: (password, hash, caller) => {
      callers.push(caller);
      return gated.verify(password, hash);
    },
  };
  const app = await createTestApp({ hasher });
  await app.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.server.address() as AddressInfo;
  gated.shut();
  const hangUp = new AbortController();
  const request = fetch(`http://127.0.0.1:${String(port)}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }',
      variables: { input: { email: newEmail(), password: 'wrong' } },
    }),
    signal: hangUp.signal,
  });
  await gated.haveArrived(1);
  expect(callers[0]?.destroyed).toBe(false);
  hangUp.abort();
  await expect(request).rejects.toThrow();
  await until(() => callers[0]?.destroyed, 'the end of the connection');
  gated.open();
});
