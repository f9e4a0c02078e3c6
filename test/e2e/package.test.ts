import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { TEST_SECRET } from '../support/test-secret.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
let database: TestDatabase;
let packed: string[];

/** Packs the package as it would be published, and lays it where a user's project finds it. */
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-package-'));
  const target = join(folder, 'node_modules', 'auth-subgraph');
  await mkdir(target, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
  });
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  packed = files.map(({ path }) => path);
  await run('tar', ['-xzf', join(folder, filename), '-C', target, '--strip-components=1']);
  await symlink(join(ROOT, 'node_modules'), join(target, 'node_modules'));
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

/** Runs a user's program on the packed package, and answers what it prints. */
async function runProgram(source: string): Promise<unknown> {
  const file = join(folder, 'program.mjs');
  await writeFile(file, source);
  const { stdout } = await run(process.execPath, [file], {
    env: { PATH: process.env['PATH'], DATABASE_URL: database.url, JWT_SECRET: TEST_SECRET },
  });
  return JSON.parse(stdout) as unknown;
}

test('holds what is built and what is documented, and neither tests nor sources', () => {
  expect(packed).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/cli.js', 'schema.graphql']));
  expect(packed.filter((path) => /^(src|test|scripts|node_modules|\.data)\//.test(path))).toEqual([]);
});

test('everything that an application needs works from the packed package', async () => {
  const outcome = await runProgram(`
    import * as auth from 'auth-subgraph';
    const { createAuthSubgraph, UserRegistered, UserLoggedOut, AUTH_ENTITIES, UserEntity, SessionEntity } = auth;
    const subgraph = await createAuthSubgraph(async () => ({
      environment: 'test',
      jwt: { secret: process.env.JWT_SECRET },
      password: { saltRounds: 4 },
      database: { url: process.env.DATABASE_URL },
    }));
    await subgraph.migrate();
    const heard = [];
    subgraph.events.on(UserRegistered, (event) => { heard.push(event instanceof UserRegistered && event.email); });
    subgraph.events.on(UserLoggedOut, (event) => { heard.push(event.constructor.name); });
    await subgraph.start();
    const client = { ipAddress: null, userAgent: null };
    const input = { email: 'ada@example.com', password: 'correct horse battery' };
    const { services } = subgraph;
    const opened = await services.registration.register(input, client);
    const refused = await services.login.login({ ...input, password: 'wrong' }, client).catch((error) => error);
    const verified = services.accessTokens.verify(opened.tokens.accessToken, new Date());
    const hash = await services.passwords.hash('another good password', input.email);
    await services.sessions.logout({ userId: opened.user.id, sessionId: opened.session.id });
    for (let wait = 0; wait < 100 && heard.length < 2; wait += 1) await new Promise((next) => setTimeout(next, 50));
    await subgraph.close();
    console.log(JSON.stringify({
      heard: heard.sort(),
      frozen: Object.isFrozen(subgraph.config),
      refused: [refused instanceof auth.InvalidCredentialsError, refused.code, refused.status],
      verified: verified.ok,
      hash: hash.slice(0, 7),
      entities: [AUTH_ENTITIES.includes(UserEntity), AUTH_ENTITIES.includes(SessionEntity)],
      decorators: [typeof auth.Public(), typeof auth.CurrentUser()],
      schema: subgraph.sdl.includes('type User @key'),
    }));
  `);
  expect(outcome).toEqual({
    heard: ['UserLoggedOut', 'ada@example.com'],
    frozen: true,
    refused: [true, 'AUTH_INVALID_CREDENTIALS', 401],
    verified: true,
    hash: '$2b$04$',
    entities: [true, true],
    decorators: ['function', 'function'],
    schema: true,
  });
}, 60_000);
