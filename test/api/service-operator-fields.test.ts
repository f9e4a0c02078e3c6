import { beforeAll, expect, test } from '@jest/globals';
import { buildSchema } from '../../src/subgraph.js';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { manage, MANAGEMENT_MUTATIONS } from '../support/operators.js';
import { createService, tokenOf, type TestService } from '../support/service-accounts.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const OPTIONS = { admin: { schema: 'included' }, serviceAccounts: { enabled: true } } as const;
const SCOPES = [
  ...['auth:users:read', 'auth:users:write', 'auth:users:credentials', 'auth:users:delete', 'auth:roles:write'],
  ...['auth:audit:read', 'auth:services:write'],
];

let app: TestApp;
let program: TestService & { readonly accessToken: string };
let ada: SignedIn;
beforeAll(async () => {
  app = await createTestApp(OPTIONS);
  const service = await createService(app, SCOPES);
  program = { ...service, accessToken: await tokenOf(app, service) };
  ada = await app.register();
});

/** What differs for a user from the inputs of `MANAGEMENT_MUTATIONS`. */
const ownInput: Readonly<Record<string, (user: SignedIn) => object>> = {
  adminCreateUser: () => ({ email: newEmail(), userId: undefined }),
  adminChangeUserEmail: () => ({ newEmail: newEmail() }),
  adminVerifyUserEmail: ({ email }) => ({ email }),
  adminDeleteUser: ({ email }) => ({ email }),
};

/** The other fields of user management, as operations. */
const OPERATIONS: Readonly<Record<string, (user: SignedIn, service: TestService) => string>> = {
  adminUser: ({ userId }) => `{ adminUser(id: "${userId}") { ... on AuthUserRecord { id sessions { current } } } }`,
  adminUsers: () => '{ adminUsers(first: 5) { nodes { id } } }',
  adminSecurityEvents: ({ userId }) =>
    `{ adminSecurityEvents(first: 5, filter: { userId: "${userId}" }) { nodes { id name } } }`,
  adminServiceAccounts: () => '{ adminServiceAccounts { id } }',
  adminCreateServiceAccount: () =>
    'mutation { adminCreateServiceAccount(input: { name: "x", scopes: [] }) { ... on AuthServiceAccountCreated { serviceAccount { id } } } }',
  adminCreateServiceKey: (_user, { id }) =>
    `mutation { adminCreateServiceKey(input: { serviceAccountId: "${id}" }) { ... on AuthServiceKeyCreated { key { id } } } }`,
  adminRevokeServiceKey: (_user, { id, keyId }) =>
    `mutation { adminRevokeServiceKey(input: { serviceAccountId: "${id}", keyId: "${keyId}" }) { ... on AuthServiceKeyRevoked { key { id } } } }`,
  adminDeleteServiceAccount: (_user, { id }) =>
    `mutation { adminDeleteServiceAccount(input: { serviceAccountId: "${id}" }) { ... on AuthServiceAccountDeleted { serviceAccountId } } }`,
};

test('every field of user management is tried with a service account', () => {
  const fields = [...buildSchema(OPTIONS).operatorFields].map((coordinate) => coordinate.split('.')[1]);
  expect(fields.sort()).toEqual([...MANAGEMENT_MUTATIONS.map(({ name }) => name), ...Object.keys(OPERATIONS)].sort());
});

test.each(MANAGEMENT_MUTATIONS)('a service account can do $name', async ({ name, rest }) => {
  const user = await app.register();
  const input = { userId: user.userId, ...rest, ...ownInput[name]?.(user) };
  const outcome = await manage(app, name, input, program);
  expect(outcome.code).toBeUndefined();
});

test.each(Object.keys(OPERATIONS))('a service account can do %s', async (name) => {
  const operation = OPERATIONS[name]?.(ada, await createService(app)) ?? '';
  const { data, errors } = await app.request<Record<string, object>>(operation, {}, { token: program.accessToken });
  expect(errors).toEqual([]);
  // An error as data has none of the selected fields.
  expect(Object.keys(data[name] ?? {})).not.toEqual([]);
});
