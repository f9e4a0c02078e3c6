import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openGate, type Gate } from '../support/database-gate.js';
import { runSql } from '../support/database.js';
import { hasDebianPostgres, startDebianPostgres, type PostgresServer } from '../support/debian-postgres.js';
import type { Answer } from '../support/graphql-client.js';
import { startService, type ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

if (!hasDebianPostgres) process.stderr.write('PostgreSQL 15 of Debian is not installed: failover is not tested\n');

(hasDebianPostgres ? describe : describe.skip)('when the primary dies and a standby is promoted', () => {
  let primary: PostgresServer;
  let standby: PostgresServer;
  let gate: Gate;
  let service: ServiceProcess;
  beforeAll(async () => {
    primary = await startDebianPostgres();
    standby = await primary.startStandby();
    // Commits wait for the standby, so that nothing acknowledged can be lost.
    await runSql(primary.url, `alter system set synchronous_standby_names to '*'`);
    await runSql(primary.url, 'select pg_reload_conf()');
    gate = await openGate(primary.url);
    service = await startService({ DATABASE_URL: gate.url });
  }, 60_000);
  afterAll(async () => {
    await standby.stop();
    await primary.stop();
  });

  const codeOf = ({ errors }: Answer): string | undefined => errors[0]?.extensions.code;

  test('requests are refused as unavailable until the address leads to the new primary, and nothing acknowledged is lost', async () => {
    const ada = await service.register();
    const { tokens } = await service.refresh(ada.refreshToken);
    const other = await service.login(ada);
    await service.mutate('logout', undefined, { token: other.accessToken });

    await primary.kill();
    expect(codeOf(await service.me(tokens?.accessToken))).toBe('SERVICE_UNAVAILABLE');
    expect((await fetch(new URL('/health/ready', service.url))).status).toBe(503);

    // A standby that is not promoted yet serves reads, and refuses writes as a database that is unavailable.
    gate.redirectTo(standby.url);
    await until(async () => (await service.me(tokens?.accessToken)).errors.length === 0, 'the standby');
    expect(codeOf(await service.mutation('login', { email: ada.email, password: ada.password }))).toBe(
      'SERVICE_UNAVAILABLE',
    );
    expect((await fetch(new URL('/health/ready', service.url))).status).toBe(503);

    await runSql(standby.url, 'select pg_promote()');
    await until(async () => (await fetch(new URL('/health/ready', service.url))).status === 200, 'the new primary');
    expect((await service.me(tokens?.accessToken)).data).toMatchObject({ me: { email: ada.email } });
    expect((await service.me(other.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
    expect((await service.refresh(tokens?.refreshToken ?? '')).__typename).toBe('LoginSuccess');
    await service.login(ada);
    await service.register();
    // Once while nothing responded, and once while writes were refused.
    expect(service.output().match(/the database is unavailable/g)).toHaveLength(2);
  }, 60_000);
});
