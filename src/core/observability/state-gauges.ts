import { setTimeout as delay } from 'node:timers/promises';
import { Gauge, type Registry } from 'prom-client';
import type { DeliveryBacklog, OutboxBacklog } from './backlog.js';

/** How long a measured backlog is reused, so that several scrapers cause few statements. */
const REUSE_MS = 5_000;
/** Longer than a readiness check may take, and much less than Prometheus allows for a scrape by default. */
const TIMEOUT_MS = 3_000;

/** What the gauges read when they are scraped. */
export interface MeasuredState {
  isReady(): Promise<boolean>;
  /** How full the queue of waiting passwords is, from 0 to 1. */
  passwordLevel(): number;
  /** The connections for requests, and the requests that wait for one. */
  connections(): { readonly idle: number; readonly busy: number; readonly waiting: number };
  outbox(): Promise<OutboxBacklog>;
  deliveries(): Promise<DeliveryBacklog>;
  /** The store in which all processes count calls; undefined if nothing is limited. */
  rateLimitStore(): { readonly name: string; isAvailable(): boolean } | undefined;
  /** The key that signs access tokens; undefined if its age is unknown. */
  signingKey(): { readonly kid: string; readonly seconds: number } | undefined;
}

type AddGauge = (name: string, help: string, read: () => number | Promise<number>) => void;

/** Registers gauges of the present state of the subgraph. A value that cannot be read within 3 seconds is `NaN`. */
export function registerStateGauges(registry: Registry, state: MeasuredState): void {
  const gauge: AddGauge = (name, help, read) => {
    new Gauge({
      ...{ name, help, registers: [registry] },
      async collect() {
        const inTime = delay(TIMEOUT_MS, Number.NaN, { ref: false });
        this.set(await Promise.race([Promise.resolve(read()).catch(() => Number.NaN), inTime]));
      },
    });
  };
  // First: others use connections themselves.
  addLabelledGauges(registry, state);
  gauge('auth_ready', 'Whether the readiness check passes.', async () => ((await state.isReady()) ? 1 : 0));
  gauge('auth_password_queue_ratio', 'How full the queue of waiting passwords is.', () => state.passwordLevel());
  addBacklogGauges(gauge, state);
}

function addBacklogGauges(gauge: AddGauge, state: Pick<MeasuredState, 'outbox' | 'deliveries'>): void {
  const outbox = reused(() => state.outbox());
  const deliveries = reused(() => state.deliveries());
  gauge('auth_outbox_rows', 'Events in the outbox, up to 10,000.', async () => (await outbox()).events);
  gauge('auth_outbox_oldest_age_seconds', 'The age of the oldest event in the outbox.', async () => {
    return (await outbox()).oldestSeconds;
  });
  gauge('auth_deliveries_oldest_age_seconds', 'How long the oldest delivery that is due has waited.', async () => {
    return (await deliveries()).oldestSeconds;
  });
  gauge('auth_deliveries_retrying', 'Deliveries that failed and will be retried.', async () => {
    return (await deliveries()).retries;
  });
  gauge('auth_deliveries_parked', 'Deliveries that failed for good.', async () => (await deliveries()).parked);
}

type LabelledState = Pick<MeasuredState, 'connections' | 'rateLimitStore' | 'signingKey'>;

function addLabelledGauges(registry: Registry, state: LabelledState): void {
  new Gauge({
    name: 'auth_database_connections',
    help: 'Connections for requests, and requests that wait for one.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const [name, count] of Object.entries(state.connections())) this.set({ state: name }, count);
    },
  });
  new Gauge({
    name: 'auth_rate_limit_store_up',
    help: 'Whether calls are counted for all processes, and not by each process alone.',
    labelNames: ['store'],
    registers: [registry],
    collect() {
      const store = state.rateLimitStore();
      if (store) this.set({ store: store.name }, store.isAvailable() ? 1 : 0);
    },
  });
  new Gauge({
    name: 'auth_signing_key_age_seconds',
    help: 'The time since the signing key was published, if it was created by `auth-subgraph keys`.',
    labelNames: ['kid'],
    registers: [registry],
    collect() {
      this.reset();
      const key = state.signingKey();
      if (key) this.set({ kid: key.kid }, key.seconds);
    },
  });
}

function reused<T>(read: () => Promise<T>): () => Promise<T> {
  let latest: { readonly value: Promise<T>; readonly at: number } | undefined;
  return () => {
    const now = performance.now();
    if (!latest || now - latest.at > REUSE_MS) latest = { value: read(), at: now };
    return latest.value;
  };
}
