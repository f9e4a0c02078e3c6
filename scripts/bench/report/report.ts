import type { Comparison, Ratio } from '../figures/ratios.js';
import type { SubjectSummary } from '../figures/summary.js';
import type { OperationResult } from '../operations/run-operation.js';
import { REFERENCE } from '../reference.js';
import type { Outcome } from '../run.js';
import { table } from './table.js';

/** The outcome of a run, for people. */
export function report(outcome: Outcome): string {
  const { machine, settings, revision, noise } = outcome;
  return [
    `auth-subgraph ${revision}: ${listing(machine)}`,
    listing(settings),
    ...noise.map((reason) => `NOISE: ${reason}`),
    ...outcome.operations.map(reportOperation),
    ...reportRest(outcome),
    ...reportReference(outcome),
  ].join('\n\n');
}

function listing(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

const FIGURES = ['conn.', 'req/s', 'spread', 'p50 ms', 'p99 ms', 'cpu ms', 'pg cpu ms', 'statements'];

function reportOperation({ name, subjects, noise, comparisons }: OperationResult): string {
  const figures = table([name, ...FIGURES], subjects.map(figuresOf));
  const notes = subjects.flatMap(({ name: subject, isGeneratorBound, failures, firstFailure }) => [
    ...(isGeneratorBound
      ? [`${subject}: the load generator was the limit; its requests per second are a lower bound`]
      : []),
    ...(failures > 0 ? [`${subject}: ${String(failures)} FAILURES, the first one: ${firstFailure ?? ''}`] : []),
  ]);
  const warnings = noise.map((reason) => `NOISE: ${reason}`);
  return [figures, ...notes, ...warnings, ...ratiosOf(comparisons)].join('\n');
}

function figuresOf(summary: SubjectSummary): readonly (string | number | null)[] {
  const { name, connections, perSecond, spread, p50Ms, p99Ms, cpuMs, postgresCpuMs, statements } = summary;
  return [`  ${name}`, connections, perSecond, percent(spread), p50Ms, p99Ms, cpuMs, postgresCpuMs, statements];
}

const percent = (share: number): string => `${String(Math.round(share * 100))} %`;

function ratiosOf(comparisons: readonly Comparison[]): string[] {
  if (comparisons.length === 0) return [];
  const rows = comparisons.map(({ subject, base, throughput, p50, p99, cpu, cpuWithPostgres }) => [
    `  ${subject} / ${base}`,
    ...[throughput, p50, p99, cpu, cpuWithPostgres].map(showRatio),
  ]);
  return [table(['  ratios, median [lowest to highest]', 'req/s', 'p50', 'p99', 'cpu', 'cpu with pg'], rows)];
}

function showRatio(ratio: Ratio | null): string | null {
  if (!ratio) return null;
  const [median, lowest, highest] = [ratio.median, ratio.lowest, ratio.highest].map((value) => value.toFixed(2));
  return `${median ?? ''} [${lowest ?? ''} to ${highest ?? ''}]`;
}

function reportRest({ startup, idle, memory, special }: Outcome): string[] {
  return [
    table(
      ['memory', 'idle MB', 'peak MB'],
      memory.map(({ name, idleMb, peakMb }) => [`  ${name}`, idleMb, peakMb]),
    ),
    ...(startup.length === 0
      ? []
      : [
          table(
            ['startup, until the first response', 'ms', 'lowest', 'highest', 'cpu ms'],
            startup.map(({ name, ms, lowestMs, highestMs, cpuMs }) => [`  ${name}`, ms, lowestMs, highestMs, cpuMs]),
          ),
        ]),
    ...(idle.length === 0
      ? []
      : [
          table(
            ['idle', 'statements/s', 'cpu ms/s'],
            idle.map(({ name, statementsPerSecond, cpuMsPerSecond }) => [
              `  ${name}`,
              statementsPerSecond,
              cpuMsPerSecond,
            ]),
          ),
        ]),
    ...Object.entries(special).map(([name, value]) => `${name}\n${JSON.stringify(value, null, 2)}`),
  ];
}

function reportReference({ estimate }: Outcome): string[] {
  if (!estimate) return [];
  const { measured, coldStartMs, idleMb, peakMb, refreshOfThatRevision } = REFERENCE;
  return [
    [
      `reference (${estimate.basis})`,
      `  me: ${String(estimate.cpu)} of its processor time, which would be ${String(estimate.referenceCpuMs)} ms here`,
      `  recorded ${measured} on another machine: cold start ${coldStartMs.toLocaleString('en')} ms, idle ` +
        `${String(idleMb)} MB, peak ${String(peakMb)} MB; refresh of an earlier revision of this service ${refreshOfThatRevision}`,
    ].join('\n'),
  ];
}
