import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parser } from '@prometheus-io/lezer-promql';
import type { Registry } from 'prom-client';
import { parse } from 'yaml';
import { MetricsServer } from '../../src/cli/service/metrics-server.js';
import { readPage } from '../support/pages.js';
import { silentLogger } from '../../src/platform/logger.js';
import { createTestApp } from '../support/test-app.js';

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
  const { registry } = new MetricsServer({ host: '127.0.0.1', port: 0 }, silentLogger as never);
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
