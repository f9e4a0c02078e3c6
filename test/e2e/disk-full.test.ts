import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { runSql } from '../support/database.js';
import type { Answer, SignedIn } from '../support/graphql-client.js';
import { runCommand, startService, type ServiceProcess } from '../support/service-process.js';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.js';
import { until } from '../support/until.js';

/** A new cluster takes 50 MB, and a copy of the programs 60 MB; it is made if PostgreSQL's user cannot enter node_modules. */
const MEGABYTES = 192;
/** After that many restarts for another reason, the service would end. */
const MAX_RESTARTS = 5;
const disk = await mountSmallDisk(MEGABYTES);
if (disk) describe('an embedded database on a full disk', () => testOn(disk));
else {
  process.stderr.write('this process may not mount a file system: a full disk is not tested\n');
  test.skip('an embedded database on a full disk', () => undefined);
}

function codeOf({ errors }: Answer): string | undefined {
  return errors[0]?.extensions.code;
}

function testOn({ folder, fill, free }: SmallDisk): void {
  const settings = { DATA_DIR: join(folder, 'data'), EMAIL_LIMIT_MAX_PER_ORIGIN_PER_HOUR: '0' };
  let service: ServiceProcess;
  let ada: SignedIn;
  let url: string;
  beforeAll(async () => {
    service = await startService({ ...settings, LOG_LEVEL: 'debug' });
    ada = await service.register();
    const [, port] = /"port":(\d+)/.exec(service.output()) ?? [];
    const password = await readFile(join(settings.DATA_DIR, 'postgres', 'password'), 'utf8');
    url = `postgresql://postgres:${password.trim()}@127.0.0.1:${String(port)}/auth`;
  });

  /** Registers people until one is refused. */
  async function refusal(): Promise<{ answer: Answer; registered: SignedIn[] }> {
    const registered: SignedIn[] = [];
    for (;;) {
      const email = `person-${String(performance.now())}@example.com`;
      const answer = await service.mutation('register', { email, password: ada.password });
      if (answer.errors.length > 0) return { answer, registered };
      registered.push({ ...ada, email });
    }
  }

  const logged = (text: string): number => service.output().split(text).length - 1;

  test('refuses writes as unavailable and serves reads; it recovers once there is space, and keeps what it accepted', async () => {
    await fill();
    const { answer, registered } = await refusal();
    expect(codeOf(answer)).toBe('SERVICE_UNAVAILABLE');
    expect((await service.me(ada.accessToken)).errors).toEqual([]);
    expect((await fetch(new URL('/health/ready', service.url))).status).toBe(200);
    // The log is written without waiting for it.
    await until(() => logged('"code":"53100"') > 0, 'the line in the log');
    await free();
    await service.register();
    for (const person of registered) await service.login(person);
    expect(logged('"code":"53100"')).toBe(1);
  });

  test('that stops because the disk is full is restarted once there is space, and keeps what it accepted', async () => {
    await fill();
    // The server stops when it cannot create the next segment of its log.
    await runSql(url, 'select pg_switch_wal()').catch(() => undefined);
    await runSql(url, 'create table more as select 1').catch(() => undefined);
    await until(() => logged('PostgreSQL has no disk space left') === 1, 'the end of the server');
    expect(codeOf(await service.me(ada.accessToken))).toBe('SERVICE_UNAVAILABLE');
    const before = logged('starting PostgreSQL 18');
    await until(() => logged('starting PostgreSQL 18') > before + MAX_RESTARTS, 'the restarts without space');
    await free();
    await until(async () => (await service.me(ada.accessToken)).errors.length === 0, 'the database');
    expect((await service.login(ada)).userId).toBe(ada.userId);
    expect(logged('PostgreSQL has no disk space left')).toBe(1);
  });

  test('is not created, and the reason is printed', async () => {
    expect(await service.stop()).toBe(0);
    await fill();
    const { code, output } = await runCommand(['serve'], { ...settings, DATA_DIR: join(folder, 'other') });
    expect(code).toBe(1);
    expect(output).toMatch(/no space left on device/i);
    expect(output).not.toMatch(/^\s+at /m);
    await free();
    const next = await startService({ ...settings, DATA_DIR: join(folder, 'data') });
    expect((await next.login(ada)).userId).toBe(ada.userId);
    expect(await next.stop()).toBe(0);
  });
}
