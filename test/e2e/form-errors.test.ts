import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GatewayTarget } from '../../src/cli/gateway-config/gateway-target.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { formErrors, seenOf, submit, type FormError } from '../support/form-errors.js';
import { startApolloGateway } from '../support/gateways/apollo-gateway.js';
import type { Gateway } from '../support/gateways/gateway-process.js';
import { findGrafbase, startGrafbaseGateway } from '../support/gateways/grafbase-gateway.js';
import { startHiveGateway } from '../support/gateways/hive-gateway.js';
import { newEmail, type GraphQLTestClient, type SignedIn } from '../support/graphql-client.js';
import { startService, type ServiceProcess } from '../support/service-process.js';

const TAKEN = newEmail();
const FORM_ERRORS = formErrors(TAKEN);

let database: TestDatabase;
let service: ServiceProcess;
let ada: SignedIn;
let target: GatewayTarget;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ DATABASE_URL: database.url });
  ada = await service.register({ email: TAKEN });
  target = { url: service.url, tokens: undefined, routerSecret: false, cookies: false };
});

afterAll(async () => {
  await service.stop();
  await database.drop();
});

async function expectSeen(client: GraphQLTestClient, { form, input, seen }: FormError, literal: boolean) {
  const answer = await submit(client, { form, input }, { literal, token: ada.accessToken });
  expect(seenOf(answer)).toEqual(seen);
  // The gateway must not tell where the subgraph is.
  expect(answer.text).not.toContain(new URL(service.url).host);
  return answer;
}

describe('sent to the service', () => {
  test.each(FORM_ERRORS)('$name in $form returns HTTP 200 and what the form needs', async (formError) => {
    for (const literal of [false, true]) expect((await expectSeen(service, formError, literal)).status).toBe(200);
  });
});

for (const { name, start, refusal, isThere } of [
  { name: 'Apollo Gateway', start: startApolloGateway, refusal: 'BAD_REQUEST', isThere: true },
  { name: 'Hive Gateway', start: startHiveGateway, refusal: 'BAD_REQUEST', isThere: true },
  {
    name: 'Grafbase Gateway',
    start: startGrafbaseGateway,
    refusal: 'SUBGRAPH_REQUEST_ERROR',
    isThere: findGrafbase() !== undefined,
  },
])
  (isThere ? describe : describe.skip)(`through ${name}`, () => {
    let gateway: Gateway;
    beforeAll(async () => {
      gateway = await start({ auth: target, postsUrl: 'http://posts.invalid' });
    });
    afterAll(() => gateway.stop());

    test('an error response does not reveal the address of the subgraph', async () => {
      const input = { email: ada.email, password: 'x'.repeat(1_100_000) };
      const answer = await submit(gateway, { form: 'login', input });
      expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual([refusal]);
      expect(answer.text).not.toContain(new URL(service.url).host);
    });

    test.each(FORM_ERRORS)('$name in $form gets the same response as from the service', async (formError) => {
      for (const literal of [false, true]) await expectSeen(gateway, formError, literal);
    });
  });

test('no form triggers a deprecation warning', () => {
  expect(service.output()).not.toContain('deprecated');
});
