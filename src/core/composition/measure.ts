import type { GraphQLSchema } from 'graphql';
import type { Registry } from 'prom-client';
import type { Database } from '../../platform/database/database.js';
import type { StatementObserver } from '../../platform/database/statement-observer.js';
import type { DeliveryBacklog } from '../observability/backlog.js';
import { NO_METRICS, type Metrics } from '../observability/metrics.js';
import { OpenTelemetryTracing, registeredTracer } from '../observability/opentelemetry-tracing.js';
import { NO_TRACING, type Tracing } from '../observability/tracing.js';
import { Registration } from '../observability/registration.js';
import { REVOCATION_REASONS } from '../sessions/session.js';
import type { Background } from './background.js';
import type { Core } from './core.js';
import { emailsOf, eventClassesOf } from './feature-parts.js';
import type { Feature } from './feature.js';
import { measuredHasher, measuredMailer } from './measured-ports.js';
import { measureRootFields } from './measured-schema.js';
import { measuredStatements } from './measured-statements.js';
import type { ServicePorts } from './ports.js';
import type { ReadinessWatch } from './readiness.js';
import { tracedHasher, traceRootFields } from './traced.js';

interface Measured {
  readonly core: Core;
  readonly database: Database;
  readonly background: Background;
  readonly watch: ReadinessWatch;
}

/** Measures and traces a subgraph while it is put together. */
export interface Measurement {
  /** What the core reports to. */
  readonly parts: {
    readonly metrics: Metrics;
    readonly tracing: Tracing;
    /** Undefined if nothing sees the statements. */
    readonly statementObserver: StatementObserver | undefined;
  };
  ports(ports: ServicePorts): ServicePorts;
  begin(schemas: readonly GraphQLSchema[], parts: Measured): void;
  /** Removes the metrics from the registry, so that the next subgraph can use it. */
  end(): void;
}

/** Measures nothing without a registry, and traces nothing without a tracer. */
export async function createMeasurement(
  registry: Registry | undefined,
  features: readonly Feature[],
): Promise<Measurement> {
  const tracer = registeredTracer();
  const tracing = tracer && new OpenTelemetryTracing(tracer);
  const measured = registry && (await loadMeasured(registry, features));
  return {
    parts: {
      metrics: measured?.metrics ?? NO_METRICS,
      tracing: tracing ?? NO_TRACING,
      statementObserver: measured ? measuredStatements(measured.metrics, tracing) : tracing,
    },
    ports: (ports) => {
      const traced = tracing ? { ...ports, hasher: tracedHasher(ports.hasher, tracing) } : ports;
      return measured?.ports(traced) ?? traced;
    },
    begin: (schemas, parts) => {
      if (tracing) for (const schema of schemas) traceRootFields(schema, tracing);
      measured?.begin(schemas, parts);
    },
    end: () => measured?.end(),
  };
}

/** Loads prom-client late, because most subgraphs start without it. */
async function loadMeasured(
  registry: Registry,
  features: readonly Feature[],
): Promise<{ metrics: Metrics } & Omit<Measurement, 'parts'>> {
  const [{ createPrometheusMetrics }, { registerStateGauges }] = await Promise.all([
    import('../observability/prometheus-metrics.js'),
    import('../observability/state-gauges.js'),
  ]);
  const registration = new Registration(registry);
  const metrics = registration.add(() =>
    createPrometheusMetrics(registry, {
      events: Object.keys(eventClassesOf(features)),
      revocationReasons: REVOCATION_REASONS,
      emailKinds: emailsOf(features).map(({ kind }) => kind),
    }),
  );
  return {
    metrics,
    ports: (ports) => ({
      ...ports,
      hasher: measuredHasher(ports.hasher, metrics),
      mailer: ports.mailer && measuredMailer(ports.mailer, metrics),
    }),
    begin: (schemas, { core, database, background, watch }) => {
      for (const schema of schemas) measureRootFields(schema, metrics);
      registration.add(() =>
        registerStateGauges(registry, {
          isReady: async () => (await watch.readiness()) === 'ok',
          passwordLevel: () => core.hasher.level ?? 0,
          connections: () => database.connections(),
          outbox: () => core.outboxRepository.backlog(core.clock.now()),
          deliveries: () => deliveriesOf(background),
          rateLimitStore: () => core.rateLimits.store,
          signingKey: () => core.signingKeyAge.at(core.clock.now()),
        }),
      );
    },
    end: () => registration.end(),
  };
}

async function deliveriesOf({ delivery }: Background): Promise<DeliveryBacklog> {
  return {
    oldestSeconds: await delivery.oldestDueSeconds(),
    retries: await delivery.countRetries(),
    parked: await delivery.countParked(),
  };
}
