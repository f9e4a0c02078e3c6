import { expect, test } from '@jest/globals';
import { Counter, Histogram, Registry } from 'prom-client';
import { DURATION_BUCKETS } from '../../src/core/observability/duration-tally.js';
import { createPrometheusMetrics } from '../../src/core/observability/prometheus-metrics.js';

const OBSERVED: readonly (readonly [field: string, outcome: string, seconds: number])[] = [
  ['me', 'User', 0.0004],
  // A bound is part of its bucket.
  ['me', 'User', 0.001],
  ['me', 'UNAUTHENTICATED', 0.003],
  ['refresh', 'LoginSuccess', 0.7],
  ['refresh', 'LoginSuccess', 0],
  ['login', 'InvalidCredentialsError', 12],
];

test('what is counted in memory is reported as prom-client itself would count it', async () => {
  const registry = new Registry();
  const metrics = createPrometheusMetrics(registry, { events: [], revocationReasons: [], emailKinds: [] });
  const expected = new Registry();
  const operations = new Counter({
    name: 'auth_operations_total',
    help: 'Resolved root fields.',
    labelNames: ['field', 'outcome'],
    registers: [expected],
  });
  const durations = new Histogram({
    name: 'auth_operation_duration_seconds',
    help: 'How long root fields took.',
    labelNames: ['field'],
    buckets: [...DURATION_BUCKETS],
    registers: [expected],
  });
  // A field that was not resolved yet.
  metrics.operation('logout');
  for (const [field, outcome, seconds] of OBSERVED) {
    metrics.operation(field).count(outcome, seconds);
    operations.inc({ field, outcome });
    durations.observe({ field }, seconds);
  }
  for (const name of ['auth_operations_total', 'auth_operation_duration_seconds'])
    // Read twice: a scrape changes nothing.
    for (const scrape of [1, 2])
      expect([scrape, await registry.getSingleMetricAsString(name)]).toEqual([
        scrape,
        await expected.getSingleMetricAsString(name),
      ]);
});
