import { round, type Figures } from './measure.js';

export interface Baselines {
  readonly fastifyConstant: Figures;
  readonly apolloPlainField: Figures;
  readonly bcrypt: Figures;
}

type Ratios = Record<string, number | null>;

/** Compares the operations with the work that they cannot avoid. */
export function ratiosOf(results: readonly Figures[], baselines: Baselines): { throughput: Ratios; cpu: Ratios } {
  const { fastifyConstant, apolloPlainField, bcrypt } = baselines;
  const of = (name: string): Figures | undefined => results.find((result) => result.name === name);
  const pairs = [
    ['me', fastifyConstant],
    ['me', apolloPlainField],
    ['refresh', apolloPlainField],
    ['refresh', of('me')],
    ['_entities of 50 users', apolloPlainField],
    ['login', bcrypt],
    ['register', bcrypt],
  ] as const;
  const each = (read: (figures: Figures) => number | null): Ratios =>
    Object.fromEntries(pairs.map(([name, base]) => [`${name} / ${base?.name ?? ''}`, divide(read, of(name), base)]));
  return {
    throughput: each(({ perSecond }) => perSecond),
    /** How many times as much work the service does, independent of the load on the machine. */
    cpu: each(({ cpuMsPerRequest }) => cpuMsPerRequest),
  };
}

function divide(
  read: (figures: Figures) => number | null,
  figures: Figures | undefined,
  base: Figures | undefined,
): number | null {
  const [above, below] = [figures && read(figures), base && read(base)];
  return above == null || below == null || below === 0 ? null : round(above / below, 3);
}
