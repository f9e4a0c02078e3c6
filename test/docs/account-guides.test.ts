import { expect, test } from '@jest/globals';
import { allDelivered } from '../support/deliveries.js';
import { newEmail } from '../support/graphql-client.js';
import { MANAGEMENT_MUTATIONS, newOperator } from '../support/operators.js';
import { blocksOf, readPage } from '../support/pages.js';
import { createService } from '../support/service-accounts.js';
import { createTestApp } from '../support/test-app.js';

/** A block of a language on a page. */
function blockOf(page: string, language: string, at = 0, count = 1): string {
  const blocks = blocksOf(`docs/guides/${page}.md`, language);
  const block = blocks[at];
  if (!block || blocks.length !== count) throw new Error(`${page} has not ${String(count)} blocks of ${language}`);
  return block.code;
}

test('the query and the erasure of the audit trail guide work', async () => {
  const app = await createTestApp({ background: true });
  const { accessToken: token, userId } = await app.register();
  await allDelivered(app);
  const query = blockOf('audit-trail', 'graphql', 0, 2);
  const list = async (): Promise<{ details: unknown; ipAddress: unknown }[]> => {
    const { data, errors } = await app.request<{ me: { securityEvents: { nodes: [] } } }>(query, {}, { token });
    expect(errors).toEqual([]);
    return data.me.securityEvents.nodes;
  };
  expect((await list()).map(({ ipAddress }) => ipAddress)).toEqual(Array(3).fill('127.0.0.1'));
  await app.database.sql(blockOf('audit-trail', 'sql'), [userId]);
  for (const { details, ipAddress } of await list()) expect([details, ipAddress]).toEqual([null, null]);
});

test('the query for operators of the audit trail guide finds events', async () => {
  const app = await createTestApp({ admin: { schema: 'included' }, background: true });
  const { userId } = await app.register();
  const { accessToken: token } = await newOperator(app, ['auth:audit:read']);
  await allDelivered(app);
  const query = blockOf('audit-trail', 'graphql', 1, 2);
  const { data, errors } = await app.request<{ adminSecurityEvents: { nodes: [] } }>(query, { userId }, { token });
  expect(errors).toEqual([]);
  expect(data.adminSecurityEvents.nodes).toHaveLength(3);
});

test('the mutation of the guide on closing accounts closes one', async () => {
  const app = await createTestApp({ admin: { schema: 'included' } });
  const { userId } = await app.register({ email: 'ada@example.com' });
  const { accessToken: token } = await newOperator(app, ['auth:users:delete']);
  const { data } = await app.request(blockOf('account-closing', 'graphql'), { userId }, { token });
  expect(data).toMatchObject({ adminDeleteUser: { __typename: 'AuthUserClosed', userId } });
});

test('the mutation of the profile guide changes the profile', async () => {
  const app = await createTestApp();
  const { accessToken: token } = await app.register();
  const { data } = await app.request(blockOf('profile', 'graphql'), {}, { token });
  const user = { displayName: 'Countess', preferences: { theme: 'dark' } };
  expect(data).toEqual({ updateProfile: { __typename: 'ProfileUpdated', user } });
});

test('the mutation of the invitation guide accepts an invitation', async () => {
  const app = await createTestApp({ background: true });
  await app.auth.services.userCreation.create({ email: 'ada@example.com' });
  const token = await app.mailer.token('ada@example.com', 'invitation');
  const { data } = await app.request(blockOf('invitations', 'graphql').replace('<token>', token));
  const user = { email: 'ada@example.com', emailVerified: true };
  expect(data).toMatchObject({ acceptInvitation: { __typename: 'LoginSuccess', user } });
});

test('each mutation of the guide on changing users works', async () => {
  const app = await createTestApp({ admin: { schema: 'included' } });
  const { accessToken: token } = await newOperator(
    app,
    MANAGEMENT_MUTATIONS.map(({ scope }) => scope),
  );
  const blocks = blocksOf('docs/guides/user-changes.md', 'graphql').map(({ code }) => code);
  const named = blocks.map((code) => /\badmin\w+/.exec(code)?.[0]);
  // Closing accounts has its own guide.
  const explained = MANAGEMENT_MUTATIONS.map(({ name }) => name).filter((name) => name !== 'adminDeleteUser');
  expect(named.sort()).toEqual(explained.sort());
  for (const code of blocks) {
    const { email, userId } = await app.register();
    const invited = await app.auth.services.userCreation.create({ email: newEmail(), invite: false });
    const query = code
      .replace('<user>', userId)
      .replace('<invited user>', invited.id)
      .replace('<address>', email)
      .replace('<new address>', newEmail());
    const { data, errors } = await app.request<Record<string, { __typename: string }>>(query, {}, { token });
    expect(errors).toEqual([]);
    expect(Object.values(data).map(({ __typename }) => __typename)).toEqual([expect.not.stringContaining('Error')]);
  }
});

test('the mutations of the service account guide issue a token and create an account with a key', async () => {
  const app = await createTestApp({ serviceAccounts: { enabled: true }, admin: { schema: 'included' } });
  const [issue, create, createKey] = blocksOf('docs/guides/service-accounts.md', 'graphql').map(({ code }) => code);
  const { key } = await createService(app, ['auth:services:write', 'orders:read']);
  const { data } = await app.request<{ issueServiceToken: { __typename: string; accessToken: string } }>(
    (issue ?? '').replace('<key>', key),
  );
  expect(data.issueServiceToken.__typename).toBe('ServiceTokenIssued');
  const { accessToken: token } = data.issueServiceToken;
  const created = await app.request<{ adminCreateServiceAccount: { serviceAccount: { id: string } } }>(
    create ?? '',
    {},
    { token },
  );
  const { id } = created.data.adminCreateServiceAccount.serviceAccount;
  const withKey = await app.request((createKey ?? '').replace('<account>', id), {}, { token });
  expect(withKey.data).toMatchObject({
    adminCreateServiceKey: { __typename: 'AuthServiceKeyCreated', secret: expect.stringMatching(/^ask_/) },
  });
});

test('a key fits the pattern of the service account guide, which scanners look for', async () => {
  const [, pattern = ''] =
    /`(ask_\S+)`\.?/.exec(readPage('docs/guides/service-accounts.md').replace('`ask_`', '')) ?? [];
  const { key } = await createService(await createTestApp());
  expect(key).toMatch(new RegExp(`^${pattern}$`));
});
