import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../chaos/faults.js';
import { runOn, type ChaosOutcome } from '../chaos/run.js';
import { releaseDeliveries, untilDelivered } from '../workload/deliveries.js';
import { PatroniCluster } from './cluster.js';
import type { FailoverOptions } from './options.js';

const SEED = 1;

export async function run(options: FailoverOptions, report: (step: string) => void): Promise<ChaosOutcome> {
  report('starting etcd, two Patroni nodes and HAProxy …');
  const cluster = await PatroniCluster.start(options);
  const scene = {
    url: cluster.url,
    prepare: () => Promise.resolve(),
    causeFaults: () => causeFaults(cluster, options),
    releaseDeliveries: () => releaseDeliveries(cluster.url),
    untilDelivered: () => untilDelivered(cluster.url),
  };
  return runOn(scene, { ...options, seed: SEED, releasesDeliveries: true }, report);
}

/** The switchover comes after a quarter of the time, and the failure after the half. */
async function causeFaults(cluster: PatroniCluster, { seconds, lagSeconds }: FailoverOptions): Promise<Fault[]> {
  const quarterMs = (seconds * 1000) / 4;
  await wait(quarterMs);
  const switchover = await faultOf('switchover', cluster, () => cluster.switchOver());
  await Promise.all([cluster.untilReplicating(), wait(quarterMs)]);
  const endReceiver = await cluster.pauseReplication();
  await wait(lagSeconds * 1000);
  const failure = await faultOf('primary (killed)', cluster, async () => {
    await cluster.killPrimary();
    endReceiver();
  });
  return [switchover, failure];
}

async function faultOf(victim: string, cluster: PatroniCluster, cause: () => Promise<void>): Promise<Fault> {
  const at = performance.now();
  await cause();
  await cluster.untilWritable();
  return { victim, url: undefined, at, backAt: performance.now() };
}
