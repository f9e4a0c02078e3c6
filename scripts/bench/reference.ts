import type { OperationResult } from './operations/run-operation.js';
import { FLOORS } from './plan/floors.js';
import { SERVICE_NAME } from './plan/contestants.js';
import { round } from './figures/numbers.js';

/**
 * Another implementation of this contract, which is not on npm. It was measured in November 2026, in turns with a
 * revision of this service, on a machine with two cores. Absolute figures do not carry over to another machine. What
 * carries over, roughly, is the relation to a floor that was measured with it.
 */
export const REFERENCE = {
  measured: '2026-11',
  me: { connections: 50, perSecond: 1407, cpuMs: 0.78 },
  meOfThatRevision: { perSecond: 1455, cpuMs: 0.74 },
  refreshOfThatRevision: 'handled 3.6 times as many requests per second as the reference',
  coldStartMs: 1125,
  idleMb: 141,
  peakMb: 385,
  floors: { nodeHttpCpuMs: 0.067, fastifyCpuMs: 0.093, apolloCpuMs: 0.228 },
} as const;

/** `me` of the reference needed this many times the processor time of one plain field of Apollo Server. */
const CPU_OF_PLAIN_FIELDS = REFERENCE.me.cpuMs / REFERENCE.floors.apolloCpuMs;

export interface ReferenceEstimate {
  readonly basis: string;
  /** The processor time that `me` of the reference would need on this machine. */
  readonly referenceCpuMs: number;
  /** The processor time of this service relative to that; less is better. */
  readonly cpu: number;
}

/** Estimates `me` of the reference from the plain field of this run; undefined if either was not measured. */
export function estimateReference(operations: readonly OperationResult[]): ReferenceEstimate | undefined {
  for (const { comparisons, subjects } of operations) {
    const ratio = comparisons.find(({ subject, base }) => subject === SERVICE_NAME && base === FLOORS.apollo)?.cpu;
    const floor = subjects.find(({ name }) => name === FLOORS.apollo)?.cpuMs;
    const connections = subjects.find(({ name }) => name === SERVICE_NAME)?.connections;
    if (!ratio || floor == null || connections !== REFERENCE.me.connections) continue;
    return {
      basis:
        `an estimate: the reference was not run here. On the machine where it was measured, its \`me\` needed ` +
        `${CPU_OF_PLAIN_FIELDS.toFixed(1)} times the processor time of "${FLOORS.apollo}"`,
      referenceCpuMs: round(floor * CPU_OF_PLAIN_FIELDS, 3),
      cpu: round(ratio.median / CPU_OF_PLAIN_FIELDS, 2),
    };
  }
  return undefined;
}
