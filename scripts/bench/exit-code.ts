import { FAILED } from '../workload/program.js';
import type { OperationResult } from './operations/run-operation.js';

/** The figures are there, but no ratios. */
const NOISY = 2;

type Judged = Pick<OperationResult, 'noise'> & { readonly subjects: readonly { readonly failures: number }[] };

/** A failed request is worse than noise: the figures are those of something else. */
export function exitCodeOf(
  { noise, operations }: { readonly noise: readonly string[]; readonly operations: readonly Judged[] },
  allowNoise: boolean,
): number {
  if (operations.some(({ subjects }) => subjects.some(({ failures }) => failures > 0))) return FAILED;
  const isNoisy = noise.length > 0 || operations.some((operation) => operation.noise.length > 0);
  return isNoisy && !allowNoise ? NOISY : 0;
}
