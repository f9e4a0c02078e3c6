import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { parser } from '@prometheus-io/lezer-promql';
import type { Registry } from 'prom-client';
import { parse, stringify } from 'yaml';
import { MetricsServer } from '../../src/cli/service/metrics-server.js';
import { readPage } from '../support/pages.js';
import { silentLogger } from '../../src/platform/logger.js';
import { createTestApp } from '../support/test-app.js';

const PROMTOOL = '/usr/bin/promtool';
const hasPromtool = existsSync(PROMTOOL);
if (!hasPromtool) process.stderr.write(`The tests of the alert rules are skipped: ${PROMTOOL} is missing.\n`);

interface Rule {
  readonly alert: string;
  readonly expr: string;
}
interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

const { groups } = parse(readFileSync('ops/alerts.yaml', 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(readFileSync('ops/grafana-dashboard.json', 'utf8')) as Dashboard;
const expressions = [
  ...rules.map(({ alert, expr }) => ({ name: alert, expr })),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ name: title, expr }))),
];

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** The metrics of the service. */
async function registeredMetrics(): Promise<Metric[]> {
  const server = new MetricsServer({ host: '127.0.0.1', port: 0 }, silentLogger as never);
  const { registry } = server;
  server.reportConnections([createServer()]);
  server.reportKeysFile(true);
  await createTestApp({ metrics: registry });
  return [registry].flatMap((one: Registry) =>
    one.getMetricsAsArray().map((metric) => {
      const { name, type, labelNames } = metric as unknown as { name: string; type: string; labelNames: string[] };
      return { name, type, labels: [...labelNames].sort() };
    }),
  );
}

/** The rows of the first table with such a header, as cells without backticks. */
function tableAfter(heading: string): string[][] {
  const [, part = ''] = readPage('docs/guides/monitoring.md').split(heading);
  const rows = (/(?:^\|.*\n)+/m.exec(part)?.[0] ?? '').trim().split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

test('the guide lists every metric with its type and labels', async () => {
  const listed = tableAfter('## Metrics').map(([name = '', type = '', labels = '']) => ({
    ...{ name, type },
    labels: labels
      .split(', ')
      .filter((label) => label !== '')
      .sort(),
  }));
  const registered = (await registeredMetrics()).filter(({ name }) => name.startsWith('auth_'));
  const byName = (one: Metric, other: Metric): number => one.name.localeCompare(other.name);
  expect(listed.sort(byName)).toEqual(registered.sort(byName));
});

test('the guide says what to do about every alert', () => {
  expect(tableAfter('## Dashboard and alerts').map(([alert]) => alert)).toEqual(rules.map(({ alert }) => alert));
});

test('alerts and panels use only metrics that the service has', async () => {
  const names = new Set((await registeredMetrics()).map(({ name }) => name));
  const used = expressions.flatMap(({ expr }) => expr.match(/\b(?:auth|nodejs|process)_[a-z0-9_]+/g) ?? []);
  expect(used.length).toBeGreaterThan(20);
  expect(used.map((name) => name.replace(/_bucket$/, '')).filter((name) => !names.has(name))).toEqual([]);
});

test.each(expressions)('the expression of $name can be parsed', ({ expr }) => {
  const errors: string[] = [];
  // Grafana replaces its variables before it sends a query.
  const query = expr.replaceAll('$__rate_interval', '5m');
  parser.parse(query).iterate({
    enter: ({ type, from }) => {
      if (type.isError) errors.push(query.slice(from));
    },
  });
  expect(errors).toEqual([]);
});

/** Series of one minute per value, in the notation of promtool, and whether the alert fires half an hour after the start. */
const SITUATIONS: readonly (readonly [string, string, Readonly<Record<string, string>>, boolean])[] = [
  ['AuthNotReady', 'a process is not ready', { auth_ready: '0x30' }, true],
  ['AuthNotReady', 'the readiness is unknown', { auth_ready: 'NaN '.repeat(30) }, true],
  ['AuthNotReady', 'every process is dead', {}, true],
  [
    'AuthNotReady',
    'one of two processes is dead',
    {
      'auth_ready{job="auth",instance="a"}': '1x10 stale',
      'up{job="auth",instance="a"}': '1x10 0x20',
      'auth_ready{job="auth",instance="b"}': '1x30',
      'up{job="auth",instance="b"}': '1x30',
    },
    true,
  ],
  [
    'AuthNotReady',
    'a process was removed, and another target is dead',
    {
      'auth_ready{job="auth",instance="a"}': '1x10 stale',
      'up{job="auth",instance="a"}': '1x10 stale',
      'auth_ready{job="auth",instance="b"}': '1x30',
      'up{job="auth",instance="b"}': '1x30',
      'up{job="another"}': '0x30',
    },
    false,
  ],
  [
    'AuthRefreshTokenReplayed',
    'there is one replay',
    { 'auth_refresh_reuse_total{result="revoked"}': '0x10 1x20' },
    true,
  ],
  ['AuthRefreshTokenReplayed', 'there is none', { 'auth_refresh_reuse_total{result="revoked"}': '0x30' }, false],
  ['AuthManyLockouts', 'it has run for less than a day', { auth_lockouts_total: '0x20 30x10' }, true],
  ['AuthManyLockouts', 'there are a few', { auth_lockouts_total: '0x20 10x10' }, false],
  ['AuthEventsDelayed', 'a mail server is slow', { auth_deliveries_oldest_age_seconds: '0+30x30' }, true],
  [
    'AuthEventsDelayed',
    'the job queue is locked',
    { auth_outbox_oldest_age_seconds: '0+30x30', auth_deliveries_oldest_age_seconds: 'NaN '.repeat(30) },
    true,
  ],
  [
    'AuthEventsDelayed',
    'nothing waits for long',
    { auth_outbox_oldest_age_seconds: '1x30', auth_deliveries_oldest_age_seconds: '20x30' },
    false,
  ],
  [
    'AuthUnexpectedErrors',
    'a field below a root field fails',
    { 'auth_errors_total{code="INTERNAL_SERVER_ERROR"}': '0+1x30' },
    true,
  ],
  [
    'AuthUnexpectedErrors',
    'the database is down',
    {
      'auth_errors_total{code="INTERNAL_SERVER_ERROR"}': '0x30',
      'auth_errors_total{code="SERVICE_UNAVAILABLE"}': '0+9x30',
    },
    false,
  ],
  ['AuthConnectionsRefused', 'too many clients connect', { auth_connections_refused_total: '0+9x30' }, true],
  ['AuthConnectionsRefused', 'none is refused', { auth_connections_refused_total: '5x30' }, false],
  ['AuthHousekeepingFails', 'two runs have failed', { auth_housekeeping_failures_total: '0x5 1x9 2x9 2x9' }, false],
  ['AuthHousekeepingFails', 'every run fails', { auth_housekeeping_failures_total: '0+0.2x30' }, true],
  ['AuthBreachChecksFail', 'one check takes too long', { auth_breach_check_failures_total: '0x5 1x30' }, false],
  ['AuthBreachChecksFail', 'the list is down', { auth_breach_check_failures_total: '0+1x30' }, true],
  ['AuthKeysFileUnusable', 'one process reads half a file', { 'auth_keys_file_up{instance="a"}': '1x5 0x30' }, true],
  ['AuthKeysFileUnusable', 'the file is replaced', { 'auth_keys_file_up{instance="a"}': '1x5 0 1x30' }, false],
  ['AuthDeliveriesRetried', 'the mail server is down', { auth_deliveries_retrying: '0+5x30' }, true],
  ['AuthDeliveriesRetried', 'a few mailboxes are full', { auth_deliveries_retrying: '3x30' }, false],
  [
    'AuthRateLimitsNotShared',
    'one process has no Redis',
    {
      'auth_rate_limit_store_up{store="redis",instance="a"}': '1x30',
      'auth_rate_limit_store_up{store="redis",instance="b"}': '1x10 0x20',
    },
    true,
  ],
  [
    'AuthRateLimitsNotShared',
    'Redis was away for a moment',
    { 'auth_rate_limit_store_up{store="redis"}': '1x26 0 1x10' },
    false,
  ],
  ['AuthEmailsFail', 'none was ever sent', { 'auth_mails_total{outcome="failed"}': '0+1x30' }, true],
  [
    'AuthEmailsFail',
    'more are sent than fail',
    { 'auth_mails_total{outcome="failed"}': '0+1x30', 'auth_mails_total{outcome="sent"}': '0+2x30' },
    false,
  ],
];

(hasPromtool ? test : test.skip)('alerts fire if, and only if, they should', () => {
  const folder = mkdtempSync(join(tmpdir(), 'auth-subgraph-alerts-'));
  const tests = SITUATIONS.map(([alert, situation, series, fires]) => ({
    name: `${alert}: ${situation}`,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`,
        eval_time: '30m',
        exp_samples: [{ labels: '{}', value: fires ? 1 : 0 }],
      },
    ],
  }));
  const file = join(folder, 'situations.yaml');
  writeFileSync(file, stringify({ rule_files: [resolve('ops/alerts.yaml')], tests }));
  const { status, stdout, stderr } = spawnSync(PROMTOOL, ['test', 'rules', file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect({ status, output: stdout + stderr }).toMatchObject({ status: 0, output: expect.stringContaining('SUCCESS') });
});
