import type { GraphQLSchema } from 'graphql';
import type { Registry } from 'prom-client';
import type { Database } from '../../platform/database/database.js';
import { measuredHasher, measuredMailer } from './measured-ports.js';
import { measureRootFields } from './measured-schema.js';
import { NO_METRICS, type Metrics } from '../observability/metrics.js';
import type { Background } from './background.js';
import type { Core } from './core.js';
import type { ServicePorts } from './ports.js';
import type { ReadinessWatch } from './readiness.js';

interface Measured {
  readonly core: Core;
  readonly database: Database;
  readonly background: Background;
  readonly watch: ReadinessWatch;
}

/** Measures a subgraph while it is put together. */
export interface Measurement {
  readonly metrics: Metrics;
  ports(ports: ServicePorts): ServicePorts;
  begin(schemas: readonly GraphQLSchema[], parts: Measured): void;
}

const NOTHING: Measurement = {
  metrics: NO_METRICS,
  ports: (ports) => ports,
  begin: () => undefined,
};

/** @param registry undefined to measure nothing */
export async function createMeasurement(registry: Registry | undefined): Promise<Measurement> {
  if (!registry) return NOTHING;
  // Loaded late, because most subgraphs start without it.
  const [{ createPrometheusMetrics }, { registerStateGauges }] = await Promise.all([
    import('../observability/prometheus-metrics.js'),
    import('../observability/state-gauges.js'),
  ]);
  const metrics = createPrometheusMetrics(registry);
  return {
    metrics,
    ports: (ports) => ({
      ...ports,
      hasher: measuredHasher(ports.hasher, metrics),
      mailer: ports.mailer && measuredMailer(ports.mailer, metrics),
    }),
    begin: (schemas, { core, database, background, watch }) => {
      for (const schema of schemas) measureRootFields(schema, metrics);
      registerStateGauges(registry, {
        isReady: async () => (await watch.readiness()) === 'ok',
        passwordLevel: () => core.hasher.level ?? 0,
        connections: () => database.connections(),
        backlog: async () => core.outboxRepository.backlog(await background.delivery.parkedCount(), core.clock.now()),
      });
    },
  };
}
