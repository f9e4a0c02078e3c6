import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { createServer } from '../../src/cli/service/server.js';
import type { SignedIn } from '../support/graphql-client.js';
import { OperationWriter, type Operation } from '../support/properties/random-operation.js';
import { randomInput } from '../support/properties/random-input.js';
import { numRuns } from '../support/properties/runs.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const RUNS = 600;

let app: TestApp;
let user: SignedIn;
let interpreted: FastifyInstance;
let compiled: FastifyInstance;
beforeAll(async () => {
  app = await createTestApp({ sendsAnything: true });
  user = await app.register();
  interpreted = await createServer(app.auth, { trustedHops: 0, compileAfterUses: Number.POSITIVE_INFINITY });
  compiled = await createServer(app.auth, { trustedHops: 0, compileAfterUses: 0 });
});
afterAll(async () => {
  await interpreted.close();
  await compiled.close();
});

async function send(server: FastifyInstance, payload: Operation): Promise<{ status: number; body: string }> {
  const headers = { authorization: `Bearer ${user.accessToken}` };
  const { statusCode: status, body } = await server.inject({ method: 'POST', url: '/graphql', headers, payload });
  return { status, body };
}

test('a random query has the same response whether it is interpreted or compiled', async () => {
  const property = fc.asyncProperty(fc.gen(), async (gen) => {
    const operation = new OperationWriter(app.auth.apolloOptions.schema, gen, randomInput(gen, user)).write();
    // A mutation would change what the next request finds.
    fc.pre(operation.query.startsWith('query'));
    const expected = await send(interpreted, operation);
    expect(await send(compiled, operation)).toEqual(expected);
    // This time without Apollo Server.
    expect(await send(compiled, operation)).toEqual(expected);
  });
  // Finding a shorter example takes minutes.
  await fc.assert(property, { ...numRuns(RUNS), endOnFailure: true });
}, 600_000);
