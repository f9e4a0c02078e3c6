import { distance } from 'fastest-levenshtein';

/** Generic first words of settings, which variables of other programs often start with too. */
const GENERIC_WORDS = new Set(['AUTH', 'DATA', 'EMAIL', 'HOST', 'LOG', 'NODE', 'PORT']);
/** Kubernetes adds variables with these endings that describe services; desktops set the last one. */
const FOREIGN = /_(SERVICE_(HOST|PORT)\w*|PORT(_\d+_(TCP|UDP)\w*)?)$|^SESSION_MANAGER$/;

/** A variable that nothing reads, and the setting that was probably intended. */
export interface MistypedVariable {
  readonly name: string;
  readonly nearest: string;
}

/** Finds the names that look like misspelled settings. */
export function findMistyped(names: readonly string[], settings: readonly string[]): MistypedVariable[] {
  const known = new Set(settings);
  const prefixes = prefixesOf(settings);
  return names
    .filter((name) => !known.has(name) && !FOREIGN.test(name))
    .map((name) => ({ name, upper: name.toUpperCase(), ...nearestOf(name.toUpperCase(), settings) }))
    .filter(({ upper, edits }) => prefixes.some((prefix) => upper.startsWith(prefix)) || edits <= tolerated(upper))
    .map(({ name, nearest }) => ({ name, nearest }));
}

/** The prefix that only our settings have: the first word, or the first two if the first is generic. */
function prefixesOf(settings: readonly string[]): string[] {
  return settings.flatMap((name) => {
    const [first = '', second, ...rest] = name.split('_');
    if (second === undefined) return [];
    if (!GENERIC_WORDS.has(first)) return [`${first}_`];
    return rest.length === 0 ? [] : [`${first}_${second}_`];
  });
}

function tolerated(name: string): number {
  return name.length < 8 ? 1 : 2;
}

function nearestOf(name: string, settings: readonly string[]): { nearest: string; edits: number } {
  return settings
    .map((nearest) => ({ nearest, edits: areSwapped(name, nearest) ? 1 : distance(name, nearest) }))
    .reduce((best, candidate) => (candidate.edits < best.edits ? candidate : best));
}

/** Whether two names differ only by one swapped pair of adjacent letters, which has a Levenshtein distance of 2. */
function areSwapped(name: string, other: string): boolean {
  let at = 0;
  while (at < name.length && name[at] === other[at]) at += 1;
  return name.slice(0, at) + name.charAt(at + 1) + name.charAt(at) + name.slice(at + 2) === other;
}
