import { measureRound, type RoundFigures, type Subject, type Surroundings } from '../figures/measure-round.js';
import { noiseIn } from '../figures/noise.js';
import { compare, type Comparison } from '../figures/ratios.js';
import { untilIdle } from '../figures/statements.js';
import { summarize, type SubjectSummary } from '../figures/summary.js';

/** Subjects that do comparable work, and which of them to compare. */
export interface Operation {
  readonly name: string;
  readonly subjects: readonly Subject[];
  /** The name of the subject that shows whether the machine is steady. */
  readonly floor: string;
  /** The names of a subject and of what it is compared with. */
  readonly comparisons: readonly (readonly [subject: string, base: string])[];
  /** Whether requests leave work that runs after the response. */
  readonly leavesWork: boolean;
  /** How much longer than others its rounds are, because its requests are slow. */
  readonly length: number;
}

export interface OperationResult {
  readonly name: string;
  readonly subjects: readonly SubjectSummary[];
  /** Why the comparisons cannot be trusted. */
  readonly noise: readonly string[];
  /** Empty if there is noise, unless noise is allowed. */
  readonly comparisons: readonly Comparison[];
}

export interface Timing {
  readonly rounds: number;
  readonly seconds: number;
  readonly allowNoise: boolean;
}

/** Measures the subjects in turns: one warm-up each, and then one short round each, again and again. */
export async function runOperation(
  operation: Operation,
  timing: Timing,
  surroundings: Surroundings,
): Promise<OperationResult> {
  const seconds = timing.seconds * operation.length;
  const measured = new Map<Subject, RoundFigures[]>(operation.subjects.map((subject) => [subject, []]));
  for (let n = 0; n <= timing.rounds; n += 1) {
    console.error(`${operation.name}: ${n === 0 ? 'warm-up' : `round ${String(n)} of ${String(timing.rounds)}`}`);
    // Every other round in reverse, so that no subject always has the same neighbour in front of it.
    for (const subject of n % 2 === 0 ? operation.subjects : operation.subjects.toReversed()) {
      const settle = operation.leavesWork ? () => settled(subject) : () => Promise.resolve();
      const length = n === 0 ? seconds * subject.warmUpRounds : seconds;
      measured.get(subject)?.push(await measureRound(subject, length, surroundings, settle));
    }
  }
  return resultOf(operation, measured, timing.allowNoise);
}

async function settled({ server, idlePerSecond }: Subject): Promise<void> {
  if (server.database) await untilIdle(server.database.statements, idlePerSecond);
}

/** Summarizes the rounds of an operation, and compares its subjects unless there is noise. */
export function resultOf(
  { name, subjects, floor, comparisons }: Operation,
  measured: ReadonlyMap<Subject, readonly RoundFigures[]>,
  allowNoise: boolean,
): OperationResult {
  const roundsOf = (wanted: string): readonly RoundFigures[] => {
    const subject = subjects.find((one) => one.name === wanted);
    return (subject && measured.get(subject)?.slice(1)) ?? [];
  };
  const named = (wanted: string): { name: string; rounds: readonly RoundFigures[] } => ({
    name: wanted,
    rounds: roundsOf(wanted),
  });
  const noise = noiseIn(
    subjects.flatMap((subject) => roundsOf(subject.name)),
    roundsOf(floor),
    floor,
  );
  return {
    name,
    subjects: subjects.map((subject) => summarize(subject, measured.get(subject) ?? [])),
    noise,
    comparisons:
      noise.length > 0 && !allowNoise ? [] : comparisons.map(([above, below]) => compare(named(above), named(below))),
  };
}
