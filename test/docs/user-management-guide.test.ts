import { expect, test } from '@jest/globals';
import { blocksOf } from '../support/pages.js';
import { createTestApp } from '../support/test-app.js';

test('the queries of the guide on user management show and find a user', async () => {
  const [show, find, ...others] = blocksOf('docs/guides/user-management.md', 'graphql');
  expect(others).toEqual([]);
  const app = await createTestApp({ admin: { schema: 'included' } });
  const [boss, ada] = [await app.register(), await app.register({ firstName: 'Ada', lastName: 'Lovelace' })];
  await app.auth.services.roles.set(boss.userId, ['auth:users:read']);
  app.clock.advance(2);
  const { accessToken: token } = await app.login(boss);
  const shown = await app.request(show?.code ?? '', { id: ada.userId }, { token });
  expect(shown.errors).toEqual([]);
  expect(shown.data).toMatchObject({ adminUser: { email: ada.email, status: 'ACTIVE', sessions: [{}] } });
  const found = await app.request(find?.code ?? '', {}, { token });
  expect(found.errors).toEqual([]);
  expect(found.data).toMatchObject({ adminUsers: { nodes: [{ id: ada.userId }], pageInfo: { hasNextPage: false } } });
});
