/** Multiplies the number of runs of every property, for a longer search than the usual one. */
const factor = Number(process.env['PROPERTY_RUNS'] ?? 1);

export function numRuns(usual: number): { readonly numRuns: number } {
  return { numRuns: Math.ceil(usual * factor) };
}
