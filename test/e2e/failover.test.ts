import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openGate, type Gate } from '../support/database-gate.js';
import { runSql } from '../support/database.js';
import { hasDebianPostgres, startDebianPostgres, type PostgresServer } from '../support/debian-postgres.js';
import { DEFAULT_PASSWORD, type Answer } from '../support/graphql-client.js';
import { startService, type ServiceProcess } from '../support/service-process.js';
import { atOnce } from '../support/shared-database.js';
import { until } from '../support/until.js';

if (!hasDebianPostgres) process.stderr.write('PostgreSQL 15 of Debian is not installed: failover is not tested\n');

const onDebian = hasDebianPostgres ? describe : describe.skip;

const codeOf = ({ errors }: Answer): string | undefined => errors[0]?.extensions.code;

onDebian('when the primary dies and a standby is promoted', () => {
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
  });
  afterAll(async () => {
    await standby.stop();
    await primary.stop();
  });

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
  });
});

onDebian('when another server becomes the primary and the former one keeps its connections', () => {
  let servers: readonly [PostgresServer, PostgresServer];
  let services: readonly [ServiceProcess, ServiceProcess];
  beforeAll(async () => {
    const primary = await startDebianPostgres();
    const standby = await primary.startStandby();
    servers = [primary, standby];
    await runSql(primary.url, `alter system set synchronous_standby_names to '*'`);
    await runSql(primary.url, 'select pg_reload_conf()');
    const gate = await openGate(primary.url);
    services = [await startService({ DATABASE_URL: gate.url }), await startService({ DATABASE_URL: gate.url })];
    await services[0].register({ email: 'ada@example.com' });
    // Several connections, which stay open.
    for (const service of services) await atOnce(20, () => login(service));
    await runSql(primary.url, 'alter system set default_transaction_read_only to on');
    await runSql(primary.url, 'select pg_reload_conf()');
    await runSql(standby.url, 'select pg_promote()');
    await runSql(standby.url, 'alter system reset synchronous_standby_names');
    await runSql(standby.url, 'select pg_reload_conf()');
    gate.redirectTo(standby.url);
  });
  afterAll(async () => {
    for (const process of [...services, ...servers.toReversed()]) await process.stop();
  });

  const login = (service: ServiceProcess): Promise<Answer> =>
    service.mutation('login', { email: 'ada@example.com', password: DEFAULT_PASSWORD });

  test('the first refused write makes the service connect anew', async () => {
    // A delivery in the background may have been refused before, while the address led to the former primary.
    expect([undefined, 'SERVICE_UNAVAILABLE']).toContain(codeOf(await login(services[0])));
    // As long as every connection is in use, none is closed because it is idle.
    await until(async () => {
      const answers = await atOnce(20, () => login(services[0]));
      return answers.every(({ errors }) => errors.length === 0);
    }, 'the connections to the new primary');
  });

  test('so does the readiness check, even if nothing is written', async () => {
    const ready = async (): Promise<number> => (await fetch(new URL('/health/ready', services[1].url))).status;
    await until(async () => (await ready()) === 200, 'the new primary');
    expect((await login(services[1])).errors).toEqual([]);
  });
});
