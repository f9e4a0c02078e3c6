import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newEmail } from '../support/graphql-client.js';
import { startService, type ServiceProcess } from '../support/service-process.js';
import { tokenIn } from '../support/token-in.js';
import { until } from '../support/until.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

async function prepare(): Promise<{ database: TestDatabase; folder: string }> {
  const database = await createTestDatabase({ empty: true });
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-walk-'));
  cleanups.push(
    () => database.drop(),
    () => rm(folder, { recursive: true, force: true }),
  );
  return { database, folder };
}

/** The link that the terminal shows for a mail to an address, and the file that it names. */
async function announced(service: ServiceProcess, to: string, page: string): Promise<{ link: string; file: string }> {
  const announcement = new RegExp(`^Email to ${to}: .+\\n  Link: (\\S+/${page}\\S*)\\n  File: (\\S+)$`, 'm');
  const [, link = '', file = ''] = await until(() => announcement.exec(service.output()), `a ${page} link`);
  return { link, file };
}

test('a developer can register and reset a forgotten password using only the terminal', async () => {
  const { database, folder } = await prepare();
  const service = await startService({
    NODE_ENV: 'development',
    JWT_SECRET: '',
    DATABASE_URL: database.url,
    DATA_DIR: folder,
  });
  const ada = await service.register({ email: newEmail() });
  const verification = await announced(service, ada.email, 'verify-email');
  const verified = await service.mutate('verifyEmail', { token: tokenIn(verification.link) });
  expect(verified.__typename).toBe('EmailVerified');
  await service.login(ada);

  await service.mutate('forgotPassword', { email: ada.email });
  const reset = await announced(service, ada.email, 'reset-password');
  const newPassword = 'a horse that is remembered';
  expect((await service.mutate('resetPassword', { token: tokenIn(reset.link), newPassword })).__typename).toBe(
    'PasswordChanged',
  );
  expect((await service.mutate('login', { email: ada.email, password: ada.password })).__typename).toBe(
    'InvalidCredentialsError',
  );
  const { accessToken } = await service.login({ email: ada.email, password: newPassword });
  expect((await service.me(accessToken)).data).toEqual({ me: { id: ada.userId, email: ada.email } });

  const files = (await readdir(join(folder, 'mail'))).map((name) => join(folder, 'mail', name));
  for (const { file, link } of [verification, reset]) {
    expect(files).toContain(file);
    const message = await simpleParser(await readFile(file));
    expect(message.text).toContain(link);
    expect(message.html).toContain(tokenIn(link));
    expect(message.to).toMatchObject({ value: [{ address: ada.email }] });
  }
  expect(await service.stop()).toBe(0);
});
