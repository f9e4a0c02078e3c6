import { afterAll, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { createServer } from '../../src/cli/service/server.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp } from '../support/test-app.js';

const servers: FastifyInstance[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

/** The warnings of a server that received three requests with these headers. */
async function warningsAfter(trustedHops: number, headers: Record<string, string>): Promise<string[]> {
  const { auth } = await createTestApp();
  const { logger, lines } = recordingLogger();
  const server = await createServer(auth, { trustedHops, logger });
  servers.push(server);
  for (let n = 0; n < 3; n += 1)
    await server.inject({ method: 'POST', url: '/graphql', headers, payload: { query: '{ __typename }' } });
  return lines().map(({ msg }) => String(msg));
}

test('a service that ignores X-Forwarded-For because of TRUSTED_HOPS warns once', async () => {
  const warning = expect.stringContaining('TRUSTED_HOPS is 0');
  expect(await warningsAfter(0, { 'x-forwarded-for': '192.0.2.1' })).toEqual([warning]);
  expect(await warningsAfter(1, { 'x-forwarded-for': '192.0.2.1' })).toEqual([]);
  expect(await warningsAfter(0, {})).toEqual([]);
});
