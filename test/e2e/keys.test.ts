import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, lstat, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { runCommand, startService, type Finished } from '../support/service-process.js';
import { until } from '../support/until.js';

interface StoredKey {
  kid: string;
  alg: string;
  published_at: number;
  signed_until?: number;
}

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  file = join(folder, `${randomBytes(4).toString('hex')}.json`);
});

async function keys(...words: string[]): Promise<Finished> {
  return runCommand(['keys', ...words], { JWT_KEYS_FILE: file });
}

async function stored(): Promise<StoredKey[]> {
  return (JSON.parse(await readFile(file, 'utf8')) as { keys: StoredKey[] }).keys;
}

/** As if the ring had been made an hour earlier. */
async function age(): Promise<void> {
  const older = (await stored()).map((key) => ({
    ...key,
    published_at: key.published_at - 3600,
    ...(key.signed_until !== undefined && { signed_until: key.signed_until - 3600 }),
  }));
  await writeFile(file, JSON.stringify({ keys: older }));
}

describe('auth-subgraph keys', () => {
  test('guides through a rotation in order, and rejects each step that comes too early', async () => {
    expect((await keys('generate')).output).toMatch(/ES256 {2}signs/);
    expect((await keys('generate', 'RS256')).output).toMatch(/RS256 {2}published, can sign from 20/);
    const [first, second] = await stored();

    expect(await keys('rotate')).toMatchObject({ code: 1, output: expect.stringContaining('Rotate at 20') });
    expect(await stored()).toEqual([first, second]);
    await age();
    expect((await keys('rotate')).code).toBe(0);
    expect((await stored()).map(({ kid }) => kid)).toEqual([second?.kid, first?.kid]);

    expect(await keys('retire')).toMatchObject({
      code: 1,
      output: expect.stringContaining('Retire it at 20'),
    });
    await age();
    expect((await keys('retire')).code).toBe(0);
    expect((await stored()).map(({ kid }) => kid)).toEqual([second?.kid]);
    expect((await keys('list')).output).toBe(`${String(second?.kid)}  RS256  signs\n`);
  });

  test('makes private keys readable by the owner of the file only, and prints none', async () => {
    const { output } = await keys('generate');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { d } = (await stored())[0] as unknown as { d: string };
    expect(d).toHaveLength(43);
    expect(output + (await keys('list')).output).not.toContain(d);
  });

  test('two concurrent commands do not lose a key', async () => {
    await keys('generate');
    const outcomes = await Promise.all([keys('generate'), keys('generate'), keys('generate')]);
    const added = outcomes.filter(({ code }) => code === 0).length;
    expect(await stored()).toHaveLength(1 + added);
    expect(added).toBeGreaterThan(0);
  });

  test('preserves the owner and mode of a file, and symbolic links', async () => {
    await keys('generate');
    await chmod(file, 0o640);
    if (process.getuid?.() === 0) await chown(file, 65_534, 65_534);
    const target = file;
    const before = await stat(target);
    file = `${target}.link`;
    await symlink(target, file);
    expect((await keys('generate')).code).toBe(0);
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(await stat(target)).toMatchObject({ mode: before.mode, uid: before.uid, gid: before.gid });
    expect(await stored()).toHaveLength(2);
  });

  test('requires no other production settings', async () => {
    const { code } = await runCommand(['keys', 'generate'], {
      NODE_ENV: 'production',
      JWT_SECRET: '',
      JWT_KEYS_FILE: join(folder, 'new', 'keys.json'),
    });
    expect(code).toBe(0);
  });

  test('names the variable if the path of the file is missing', async () => {
    expect(await runCommand(['keys', 'list'])).toMatchObject({
      code: 5,
      output: expect.stringContaining('JWT_KEYS_FILE is missing'),
    });
  });

  test.each(['list', 'rotate', 'retire'])(
    'says that the file does not exist, and creates no folder for it: %s',
    async (name) => {
      const missing = join(folder, 'no-such-folder', 'keys.json');
      const { code, stderr } = await runCommand(['keys', name], { JWT_KEYS_FILE: missing });
      expect({ code, stderr }).toEqual({
        code: 3,
        stderr: expect.stringContaining(`${missing} does not exist. Create it with`),
      });
      expect(existsSync(join(folder, 'no-such-folder'))).toBe(false);
    },
  );

  test('does not replace a file of which only a part is left', async () => {
    for (const content of ['', '{"keys":[']) {
      await writeFile(file, content);
      expect(await keys('generate')).toMatchObject({ code: 1, output: expect.stringContaining('empty or damaged') });
      expect(await readFile(file, 'utf8')).toBe(content);
    }
  });

  test('does not modify a file that it did not create', async () => {
    for (const content of [
      'something else',
      '{"keys":[null]}',
      '{"keys":[{"kid":"x","alg":"ES256","published_at":1}]}',
    ]) {
      await writeFile(file, content);
      expect(await keys('generate')).toMatchObject({ code: 1, output: expect.stringContaining('was not created by') });
      expect(await readFile(file, 'utf8')).toBe(content);
    }
  });
});

describe('a service with a key file', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  async function publishedKids(url: string): Promise<string[]> {
    const response = await fetch(new URL('/.well-known/jwks.json', url));
    return ((await response.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  }

  test('reloads it without a restart, and nobody is signed out', async () => {
    await keys('generate');
    const service = await startService({ DATABASE_URL: database.url, JWT_KEYS_FILE: file, JWT_SECRET: '' });
    const ada = await service.register();
    await keys('generate');
    await keys('rotate', '--force');
    const kids = (await stored()).map(({ kid }) => kid);
    await until(async () => (await publishedKids(service.url)).join() === kids.join(), 'the new keys');
    expect((await service.me(ada.accessToken)).data).toMatchObject({ me: { id: ada.userId } });
    const { tokens } = await service.refresh(ada.refreshToken);
    const [header = ''] = tokens?.accessToken.split('.', 1) ?? [];
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: kids[0] });

    await writeFile(file, 'half a fi');
    await until(() => service.output().includes('could not reload the keys'), 'the refusal');
    expect(await publishedKids(service.url)).toEqual(kids);
    expect(await service.stop()).toBe(0);
  });

  test('does not start without it, and says how to create it', async () => {
    const { code, output } = await runCommand(['serve'], { DATABASE_URL: database.url, JWT_KEYS_FILE: file });
    expect(code).toBe(5);
    expect(output).toMatch(/JWT_KEYS_FILE cannot be read \(ENOENT\); create it with `auth-subgraph keys generate`/);
  });

  test('reports unusable keys in the environment without quoting them', async () => {
    const { code, output } = await runCommand(['serve'], {
      DATABASE_URL: database.url,
      JWT_KEYS: '{"kty":"EC","d":"s3cret"}',
    });
    expect(code).toBe(5);
    expect(output).toContain('is not a key');
    expect(output).not.toContain('s3cret');
  });
});
