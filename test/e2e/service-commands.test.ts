import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { exchange } from '../support/service-accounts.js';
import { RunRecord } from '../support/secrets/run-record.js';
import { runCommand, startService, type Finished, type ServiceProcess } from '../support/service-process.js';

const UNKNOWN = '00000000-0000-7000-8000-000000000000';

let database: TestDatabase;
let service: ServiceProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ DATABASE_URL: database.url, SERVICE_ACCOUNTS_ENABLED: 'true' });
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

async function run(...words: string[]): Promise<Finished> {
  return runCommand(words, { DATABASE_URL: database.url });
}

async function json<Result = Record<string, string>>(...words: string[]): Promise<Result> {
  const { code, stdout, stderr } = await run(...words, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Result;
}

test('an operator creates, lists, rotates and deletes a service account on the command line', async () => {
  expect(await run('services', 'list')).toMatchObject({ code: 0, stdout: 'There are no service accounts.\n' });
  const { id = '' } = await json('services', 'create', 'billing', '--scope', 'orders:read', 'orders:write');
  const first = await json('services', 'keys', 'create', id);
  const { stdout } = await run('services', 'keys', 'create', id);
  const second = stdout.trim();
  RunRecord.ofRun().secret(second, 'key');
  for (const key of [first['secret'] ?? '', second])
    expect(await exchange(service, key)).toMatchObject({ scopes: ['orders:read', 'orders:write'] });
  expect(await run('services', 'keys', 'create', id)).toMatchObject({
    ...{ code: 1, stderr: expect.stringContaining('has 2 keys. Revoke one of them first.') },
  });

  expect(await json('services', 'keys', 'revoke', id, first['id'] ?? '')).toEqual({ revoked: first['id'] });
  expect((await exchange(service, first['secret'] ?? '')).code).toBe('AUTH_INVALID_CREDENTIALS');
  const { keys } = await json<{ keys: object[] }>('services', 'list');
  expect(keys).toMatchObject([{ revokedAt: null, lastUsedAt: expect.any(String) }, { id: first['id'] }]);
  const table = (await run('services', 'list')).stdout;
  expect(table).toMatch(/^id .*\n[\da-f-]{36} {2}billing {2}orders:read orders:write {2}[\da-f-]{36} {2}/);
  expect(table).toContain(`  ${second.slice(-4)}  `);
  expect(table).not.toContain(second);

  expect(await run('services', 'delete', id)).toMatchObject({ code: 2 });
  expect(await json('services', 'delete', id, '--yes')).toEqual({ deleted: id });
  expect((await exchange(service, second)).code).toBe('AUTH_INVALID_CREDENTIALS');
});

test.each([
  ['services delete --yes', [UNKNOWN]],
  ['services keys create', [UNKNOWN]],
  ['services keys revoke', [UNKNOWN, UNKNOWN]],
])('%s of an unknown account ends with exit code 3, and of what is no id with 2', async (command, ids) => {
  const words = command.split(' ');
  expect(await run(...words, ...ids)).toMatchObject({ code: 3, stderr: 'No service account has this id.\n' });
  expect(await run(...words, ...ids.map(() => 'billing'))).toMatchObject({ code: 2 });
});

test('a group of commands lists what is in it', async () => {
  const { code, stdout } = await run('services', '--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}keys [^]*Commands: create, revoke\./m);
  expect(await run('services', 'keys')).toMatchObject({ code: 2, stderr: expect.stringContaining('missing command') });
});

test('doctor warns of a key that is older than a year, unless it is revoked', async () => {
  const { id = '' } = await json('services', 'create', 'reports');
  const { id: keyId = '' } = await json('services', 'keys', 'create', id);
  const finding = async (): Promise<string> => /^.*service keys.*$/m.exec((await run('doctor')).stdout)?.[0] ?? '';
  expect(await finding()).toMatch(/^ok .* No key of a service account is older than a year\.$/);
  await database.sql(`update auth_service_key set created_at = created_at - interval '366 days' where id = $1`, [
    keyId,
  ]);
  expect(await finding()).toMatch(/^warning .* older than a year: 1\. Replace them; `auth-subgraph services list`/);
  await run('services', 'keys', 'revoke', id, keyId);
  expect(await finding()).toMatch(/^ok /);
});
