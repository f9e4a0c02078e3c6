import { Counter, Histogram, type Registry } from 'prom-client';
import type { Metrics } from './metrics.js';

/** Upper bounds of durations, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Registers the metrics of the subgraph, which must not be in the registry yet. */
export function createPrometheusMetrics(registry: Registry): Metrics {
  const counters = registerCounters(registry);
  const { durations, hashes } = registerHistograms(registry);
  return {
    operation(field, outcome, seconds) {
      counters.operations.inc({ field, outcome });
      durations.observe({ field }, seconds);
    },
    verification: (algorithm, outcome) => {
      counters.verifications.inc({ algorithm, outcome });
    },
    hashed: (seconds) => {
      hashes.observe(seconds);
    },
    passwordRefused: () => {
      counters.refused.inc();
    },
    recorded(recorded) {
      for (const { name, payload } of recorded) {
        counters.events.inc({ event: name });
        if (name === 'AccountLocked') counters.lockouts.inc();
        if (name === 'RefreshTokenReuseDetected') counters.reuses.inc({ result: 'revoked' });
        if (name === 'SessionRevoked') counters.revocations.inc({ reason: String(payload['reason']) });
      }
    },
    repeatedRefresh: () => {
      counters.reuses.inc({ result: 'graced' });
    },
    email: (kind, outcome) => {
      counters.mails.inc({ kind, outcome });
    },
  };
}

function registerCounters(registry: Registry) {
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers: [registry] });
  return {
    operations: counter('auth_operations_total', 'Resolved root fields.', 'field', 'outcome'),
    verifications: counter('auth_password_verifications_total', 'Compared passwords.', 'algorithm', 'outcome'),
    refused: counter('auth_password_queue_refused_total', 'Passwords refused because too many were waiting.'),
    events: counter('auth_events_total', 'Events that this process took from the outbox.', 'event'),
    lockouts: counter('auth_lockouts_total', 'Accounts locked after too many wrong passwords.'),
    reuses: counter('auth_refresh_reuse_total', 'Refresh tokens that were presented again.', 'result'),
    revocations: counter('auth_sessions_revoked_total', 'Sessions that were revoked.', 'reason'),
    mails: counter('auth_mails_total', 'Emails given to the mail server.', 'kind', 'outcome'),
  };
}

function registerHistograms(registry: Registry) {
  const settings = { buckets: BUCKETS, registers: [registry] };
  return {
    durations: new Histogram({
      ...settings,
      name: 'auth_operation_duration_seconds',
      help: 'How long root fields took.',
      labelNames: ['field'],
    }),
    hashes: new Histogram({
      ...settings,
      name: 'auth_password_hash_duration_seconds',
      help: 'How long passwords took to hash or compare, including the wait for a processor.',
    }),
  };
}
