import { Counter, Histogram, type Registry } from 'prom-client';
import { DURATION_BUCKETS, DurationTally, OutcomeTally, Tallies } from './duration-tally.js';
import { FAILURE_CODES, type MeasuredEvent, type Metrics } from './metrics.js';
import { registerTalliedHistogram } from './tallied-histogram.js';

/** Values of labels that are known before anything is counted. */
export interface KnownLabels {
  readonly events: readonly string[];
  readonly revocationReasons: readonly string[];
  readonly emailKinds: readonly string[];
}

/** Registers the metrics of the subgraph, which must not be in the registry yet. */
export function createPrometheusMetrics(registry: Registry, known: KnownLabels): Metrics {
  const { operations, statements } = registerTallies(registry);
  const counters = registerCounters(registry);
  startAtZero(counters, known);
  const hashes = registerHashes(registry);
  return {
    operation: (field) => operations.of(field),
    statement: (name, seconds) => {
      statements.of(name).observe(seconds);
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
    recorded: (events) => {
      for (const event of events) countEvent(event, counters);
    },
    repeatedRefresh: () => {
      counters.reuses.inc({ result: 'graced' });
    },
    email: (kind, outcome) => {
      counters.mails.inc({ kind, outcome });
    },
    error: (code) => {
      counters.errors.inc({ code });
    },
    breachCheckFailed: () => {
      counters.breachChecks.inc();
    },
    housekeepingFailed: () => {
      counters.housekeeping.inc();
    },
  };
}

type Counters = ReturnType<typeof registerCounters>;

function countEvent({ name, payload }: MeasuredEvent, { events, lockouts, reuses, revocations }: Counters): void {
  events.inc({ event: name });
  if (name === 'AccountLocked') lockouts.inc();
  if (name === 'RefreshTokenReuseDetected') reuses.inc({ result: 'revoked' });
  if (name === 'SessionRevoked') revocations.inc({ reason: String(payload['reason']) });
}

/** Registers what is counted for every request. */
function registerTallies(registry: Registry) {
  const operations = new Tallies(() => new OutcomeTally());
  const statements = new Tallies(() => new DurationTally());
  new Counter({
    name: 'auth_operations_total',
    help: 'Resolved root fields.',
    labelNames: ['field', 'outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [field, { outcomes }] of operations.entries())
        for (const [outcome, count] of outcomes) this.inc({ field, outcome }, count);
    },
  });
  registerTalliedHistogram(registry, {
    name: 'auth_operation_duration_seconds',
    help: 'How long root fields took.',
    label: 'field',
    *tallies() {
      // A field that was never resolved has no samples.
      for (const [field, { durations, outcomes }] of operations.entries())
        if (outcomes.size > 0) yield [field, durations];
    },
  });
  registerTalliedHistogram(registry, {
    name: 'auth_database_statement_duration_seconds',
    help: 'How long the statements of a method took, including the wait for a connection.',
    label: 'statement',
    tallies: () => statements.entries(),
  });
  return { operations, statements };
}

function registerCounters(registry: Registry) {
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers: [registry] });
  return {
    verifications: counter('auth_password_verifications_total', 'Compared passwords.', 'algorithm', 'outcome'),
    refused: counter('auth_password_queue_refused_total', 'Passwords refused because too many were waiting.'),
    events: counter('auth_events_total', 'Events that this process took from the outbox.', 'event'),
    lockouts: counter('auth_lockouts_total', 'Accounts locked after too many wrong passwords.'),
    reuses: counter('auth_refresh_reuse_total', 'Refresh tokens that were presented again.', 'result'),
    revocations: counter('auth_sessions_revoked_total', 'Sessions that were revoked.', 'reason'),
    errors: counter('auth_errors_total', 'Errors in responses that are not the fault of the request.', 'code'),
    breachChecks: counter(
      'auth_breach_check_failures_total',
      'New passwords accepted without the check against breaches.',
    ),
    housekeeping: counter(
      'auth_housekeeping_failures_total',
      'Runs of the housekeeping that failed, at least in part.',
    ),
    mails: counter('auth_mails_total', 'Emails given to the mail server.', 'kind', 'outcome'),
  };
}

/** For Prometheus, a counter that first appears as 1 has not increased, so the first replay would raise no alert. */
function startAtZero({ errors, events, mails, reuses, revocations }: Counters, known: KnownLabels): void {
  for (const code of FAILURE_CODES) errors.inc({ code }, 0);
  for (const event of known.events) events.inc({ event }, 0);
  for (const result of ['graced', 'revoked']) reuses.inc({ result }, 0);
  for (const reason of known.revocationReasons) revocations.inc({ reason }, 0);
  for (const kind of known.emailKinds) for (const outcome of ['sent', 'failed']) mails.inc({ kind, outcome }, 0);
}

function registerHashes(registry: Registry): Histogram {
  return new Histogram({
    buckets: [...DURATION_BUCKETS],
    registers: [registry],
    name: 'auth_password_hash_duration_seconds',
    help: 'How long passwords took to hash or compare, including the wait for a processor.',
  });
}
