import { expect, test } from '@jest/globals';
import { allDelivered } from '../support/deliveries.js';
import { newEmail } from '../support/graphql-client.js';
import { MANAGEMENT_MUTATIONS, newOperator } from '../support/operators.js';
import { blocksOf } from '../support/pages.js';
import { createTestApp } from '../support/test-app.js';

/** The only block of a language on a page. */
function blockOf(page: string, language: string): string {
  const [block, ...others] = blocksOf(`docs/guides/${page}.md`, language);
  if (!block || others.length > 0) throw new Error(`${page} has not one block of ${language}`);
  return block.code;
}

test('the query and the erasure of the audit trail guide work', async () => {
  const app = await createTestApp({ background: true });
  const { accessToken: token, userId } = await app.register();
  await allDelivered(app);
  const query = blockOf('audit-trail', 'graphql');
  const list = async (): Promise<{ details: unknown; ipAddress: unknown }[]> => {
    const { data, errors } = await app.request<{ me: { securityEvents: { nodes: [] } } }>(query, {}, { token });
    expect(errors).toEqual([]);
    return data.me.securityEvents.nodes;
  };
  expect((await list()).map(({ ipAddress }) => ipAddress)).toEqual(Array(3).fill('127.0.0.1'));
  await app.database.sql(blockOf('audit-trail', 'sql'), [userId]);
  for (const { details, ipAddress } of await list()) expect([details, ipAddress]).toEqual([null, null]);
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
  expect(named.sort()).toEqual(MANAGEMENT_MUTATIONS.map(({ name }) => name).sort());
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
