import type { Metric, Registry } from 'prom-client';
import { DURATION_BUCKETS, type DurationTally } from './duration-tally.js';

interface TalliedHistogram {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  /** The tallies, by the value of the label. */
  readonly tallies: () => Iterable<readonly [value: string, tally: DurationTally]>;
}

interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName: string;
}

/**
 * Registers a histogram whose samples are made from tallies when it is scraped. Its output is that of a `Histogram` of
 * prom-client, which offers no way to set its buckets.
 */
export function registerTalliedHistogram(registry: Registry, { name, help, label, tallies }: TalliedHistogram): void {
  const described = { name, help, type: 'histogram', aggregator: 'sum' };
  const metric = {
    ...described,
    labelNames: [label],
    get: () =>
      Promise.resolve({
        ...described,
        values: [...tallies()].flatMap(([value, tally]) => samplesOf(name, { [label]: value }, tally)),
      }),
    // A registry can reset its metrics, but ours only ever grow.
    reset: () => undefined,
  };
  registry.registerMetric(metric as unknown as Metric);
}

function samplesOf(name: string, labels: Sample['labels'], { counts, sum }: DurationTally): Sample[] {
  let total = 0;
  const buckets = counts.map((count, bucket) => ({
    labels: { le: DURATION_BUCKETS[bucket] ?? '+Inf', ...labels },
    value: (total += count),
    metricName: `${name}_bucket`,
  }));
  return [
    ...buckets,
    { labels, value: sum, metricName: `${name}_sum` },
    { labels, value: total, metricName: `${name}_count` },
  ];
}
