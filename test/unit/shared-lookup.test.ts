import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { lookupShared, sharedLookup } from '../../src/platform/shared-lookup.js';

test('callers who ask for a name at the same time share a lookup, and later ones get a new answer', async () => {
  const first = lookupShared('localhost');
  expect(lookupShared('localhost')).toBe(first);
  expect(lookupShared('localhost', { family: 4 })).not.toBe(first);
  expect(await first).toContainEqual({
    address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
    family: expect.any(Number),
  });
  expect(lookupShared('localhost')).not.toBe(first);
});

test('an unknown name is an error for all who asked, and is looked up again later', async () => {
  const lookups = [lookupShared('unknown.invalid'), lookupShared('unknown.invalid')];
  for (const { status } of await Promise.allSettled(lookups)) expect(status).toBe('rejected');
  expect(lookupShared('unknown.invalid').catch(() => undefined)).not.toBe(lookups[0]);
});

test.each([true, false])('sockets can use it, whether they try all addresses (%s)', async (autoSelectFamily) => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const options = { port, autoSelectFamily, lookup: sharedLookup, family: 4 };
  await once(connect({ ...options, host: 'localhost' }), 'connect');
  const [error] = (await once(connect({ ...options, host: 'unknown.invalid' }), 'error').catch((reason: unknown) => [
    reason,
  ])) as [Error];
  expect(error).toMatchObject({ syscall: 'getaddrinfo' });
  server.close();
});
