import { beforeAll, describe, expect, test } from '@jest/globals';
import { allDelivered } from '../support/deliveries.js';
import { createKey, createService, exchange, tokenOf } from '../support/service-accounts.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const UNKNOWN = '00000000-0000-7000-8000-000000000000';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ serviceAccounts: { enabled: true } });
});

describe('a service account', () => {
  test('is listed with its keys, the newest first, and never with a secret', async () => {
    const own = await createTestApp();
    const { serviceAccounts } = own.auth.services;
    const createdAt = own.clock.now();
    const one = await createService(own, ['orders:read', 'orders:read'], '  billing ');
    own.clock.advance(1);
    const next = await createKey(own, one.id);
    await serviceAccounts.revokeKey(one.id, one.keyId);
    const { id: other } = await serviceAccounts.create({ name: 'search', scopes: [] });
    const key = { lastUsedAt: null, createdAt: own.clock.now() };
    expect(await serviceAccounts.list()).toEqual([
      {
        ...{ id: one.id, name: 'billing', scopes: ['orders:read'], createdAt },
        keys: [
          { ...key, id: next.keyId, hint: next.key.slice(-4), revokedAt: null },
          { ...key, id: one.keyId, hint: one.key.slice(-4), createdAt, revokedAt: own.clock.now() },
        ],
      },
      { id: other, name: 'search', scopes: [], createdAt: own.clock.now(), keys: [] },
    ]);
  });

  test('is listed with its live keys and the latest revoked ones, at most five', async () => {
    const own = await createTestApp();
    const { serviceAccounts } = own.auth.services;
    const { id, keyId } = await createService(own);
    const revoked: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      own.clock.advance(1);
      const key = await createKey(own, id);
      await serviceAccounts.revokeKey(id, key.keyId);
      revoked.push(key.keyId);
    }
    const [account] = await serviceAccounts.list();
    expect(account?.keys.map((key) => key.id)).toEqual([...revoked.slice(2).reverse(), keyId]);
    own.clock.advance(1);
    const { keyId: newest } = await createKey(own, id);
    const stored = await own.database.sql('select id from auth_service_key order by id');
    expect(stored.map((row) => row['id'])).toEqual([keyId, ...revoked.slice(1), newest]);
  });

  test.each([
    [{ name: ' ', scopes: [] }, 'name'],
    [{ name: 'x'.repeat(101), scopes: [] }, 'name'],
    [{ name: 'a\u0000b', scopes: [] }, 'name'],
    [{ name: 'a\u202Eb', scopes: [] }, 'name'],
    [{ name: '\u200B', scopes: [] }, 'name'],
    [{ name: 'billing', scopes: ['orders read'] }, 'scopes'],
    [{ name: 'billing', scopes: [''] }, 'scopes'],
    [{ name: 'billing', scopes: Array.from({ length: 51 }, (_, n) => `s${String(n)}`) }, 'scopes'],
    [{ name: 'billing', scopes: Array.from({ length: 20 }, (_, n) => `${'s'.repeat(60)}${String(n)}`) }, 'scopes'],
  ])('needs a name and valid scopes: %#', async (account, field) => {
    await expect(app.auth.services.serviceAccounts.create(account)).rejects.toMatchObject({
      ...{ name: 'InvalidInputError', field },
    });
  });

  test('with as many scopes as possible gets a token that verifiers accept', async () => {
    const scopes = Array.from({ length: 16 }, (_, n) => `${'s'.repeat(59)}${String(n)}`);
    const token = await tokenOf(app, await createService(app, scopes, 'billing'));
    expect(app.auth.services.accessTokens.verify(token, app.clock.now())).toMatchObject({ claims: { scopes } });
  });

  test('that does not exist gets no key, and cannot be deleted or lose a key', async () => {
    const { serviceAccounts } = app.auth.services;
    const { id, keyId } = await createService(app);
    const { keyId: anothers } = await createService(app);
    const { id: deleted, keyId: deletedKey } = await createService(app);
    await serviceAccounts.delete(deleted);
    for (const unknown of [UNKNOWN, 'nonsense', deleted]) {
      const failure = { name: 'AccountNotFoundError', message: 'No service account has this id.' };
      await expect(serviceAccounts.createKey(unknown)).rejects.toMatchObject(failure);
      await expect(serviceAccounts.delete(unknown)).rejects.toMatchObject(failure);
      await expect(serviceAccounts.revokeKey(unknown, keyId)).rejects.toMatchObject({ code: 'AUTH_ACCOUNT_NOT_FOUND' });
    }
    for (const unknown of [UNKNOWN, 'nonsense', deletedKey, anothers])
      await expect(serviceAccounts.revokeKey(id, unknown)).rejects.toMatchObject({ code: 'AUTH_ACCOUNT_NOT_FOUND' });
    const left = await serviceAccounts.list();
    expect(left.map((account) => account.id)).not.toContain(deleted);
    expect(left.flatMap(({ keys }) => keys)).toContainEqual(expect.objectContaining({ id: anothers, revokedAt: null }));
  });

  test('that is deleted stays in the database for a week, so that verifiers hear of it', async () => {
    const own = await createTestApp();
    const { id } = await createService(own);
    const { id: kept } = await createService(own);
    await own.auth.services.serviceAccounts.delete(id);
    expect((await own.auth.revocations()).users).toHaveProperty(id);
    own.clock.advance(7 * 86_400 - 1);
    await own.auth.services.housekeeping.run();
    const ids = async (): Promise<unknown[]> =>
      (await own.database.sql('select id from auth_service_account order by id')).map((row) => row['id']);
    expect(await ids()).toEqual([id, kept].sort());
    own.clock.advance(2);
    await own.auth.services.housekeeping.run();
    expect(await ids()).toEqual([kept]);
  });
});

describe('the keys of a service account', () => {
  test('are at most two that are not revoked', async () => {
    const { serviceAccounts } = app.auth.services;
    const { id, keyId } = await createService(app);
    await createKey(app, id);
    await expect(createKey(app, id)).rejects.toMatchObject({
      ...{ name: 'InvalidInputError', field: 'serviceAccountId' },
      message: 'The service account has 2 keys. Revoke one of them first.',
    });
    await serviceAccounts.revokeKey(id, keyId);
    expect((await exchange(app, (await createKey(app, id)).key)).__typename).toBe('ServiceTokenIssued');
  });

  test('are two after twenty concurrent creations', async () => {
    const { id } = await app.auth.services.serviceAccounts.create({ name: 'billing', scopes: [] });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => createKey(app, id)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    const rows = await app.database.sql('select id from auth_service_key where service_account_id = $1', [id]);
    expect(rows).toHaveLength(2);
  });

  test('are revoked once, and a repetition changes nothing', async () => {
    const { serviceAccounts } = app.auth.services;
    const { id, keyId } = await createService(app);
    const revokedAt = app.clock.now();
    expect(await serviceAccounts.revokeKey(id, keyId)).toMatchObject({ id: keyId, revokedAt });
    app.clock.advance(1);
    expect(await serviceAccounts.revokeKey(id, keyId)).toMatchObject({ id: keyId, revokedAt });
  });

  test('are stored as hashes only', async () => {
    const { id, key } = await createService(app);
    const rows = await app.database.sql(
      'select k.*, k::text as whole from auth_service_key k where service_account_id = $1',
      [id],
    );
    expect(rows).toHaveLength(1);
    const stored = JSON.stringify(rows);
    const [handle = '', secret = ''] = key.slice(4).split('.');
    for (const part of [handle, secret.slice(0, 43)])
      for (const form of [part, Buffer.from(part, 'base64url').toString('hex')]) expect(stored).not.toContain(form);
  });
});

test('ids are recorded in lower case, however they are typed', async () => {
  const { serviceAccounts } = app.auth.services;
  const { id, keyId } = await createService(app);
  const { key } = await serviceAccounts.createKey(id.toUpperCase());
  await serviceAccounts.revokeKey(id.toUpperCase(), keyId.toUpperCase());
  await serviceAccounts.delete(id.toUpperCase());
  const lines = await app.database.sql(
    `select name, payload ->> 'keyId' as key from auth_outbox where payload ->> 'serviceAccountId' = $1 order by name, key`,
    [id],
  );
  expect(lines).toEqual([
    { name: 'ServiceAccountCreated', key: null },
    { name: 'ServiceAccountDeleted', key: null },
    ...[keyId, key.id].sort().map((created) => ({ name: 'ServiceKeyCreated', key: created })),
    { name: 'ServiceKeyRevoked', key: keyId },
  ]);
});

test('each change is in the audit trail once, without a user, and names who made it', async () => {
  const own = await createTestApp({ background: true });
  const { serviceAccounts } = own.auth.services;
  const { userId } = await own.register();
  const service = await own.auth.actAs({ actor: { kind: 'OPERATOR', id: userId } }, () => createService(own, ['a']));
  await own.auth.actAs({ actor: { kind: 'SERVICE', id: service.id } }, async () => {
    await serviceAccounts.revokeKey(service.id, service.keyId);
    await serviceAccounts.revokeKey(service.id, service.keyId);
  });
  await serviceAccounts.delete(service.id);
  await allDelivered(own);
  // The clock stands still, so the ids are in no order.
  const lines = await own.database.sql(
    `select name, user_id, actor_kind, actor_id, details from auth_security_event where name like 'Service%' order by name`,
  );
  const key = { serviceAccountId: service.id, keyId: service.keyId, hint: service.key.slice(-4) };
  const operator = { user_id: null, actor_kind: 'OPERATOR', actor_id: userId };
  expect(lines).toEqual([
    {
      ...{ name: 'ServiceAccountCreated', ...operator },
      details: { serviceAccountId: service.id, serviceName: 'billing', scopes: ['a'] },
    },
    {
      ...{ name: 'ServiceAccountDeleted', user_id: null, actor_kind: 'SYSTEM', actor_id: null },
      details: { serviceAccountId: service.id, serviceName: 'billing' },
    },
    { name: 'ServiceKeyCreated', ...operator, details: key },
    { name: 'ServiceKeyRevoked', user_id: null, actor_kind: 'SERVICE', actor_id: service.id, details: key },
  ]);
  const [row] = await own.database.sql('select created_by from auth_service_account');
  expect(row).toEqual({ created_by: userId });
});
