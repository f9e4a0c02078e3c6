/** Prefixes of our settings; variables of other programs rarely begin with one. */
const SECTION =
  /^(JWT|PASSWORD|MAIL|DATABASE|LOCKOUT|REGISTRATION|ROUTER|REFRESH|REQUIRED|SESSION|SMTP|TRUSTED|MIGRATE|DRAIN|EMAIL_LIMIT)_/;
/** Kubernetes describes services to containers in variables with these endings; desktops set the last one. */
const FOREIGN = /_(SERVICE_(HOST|PORT)\w*|PORT(_\d+_(TCP|UDP)\w*)?)$|^SESSION_MANAGER$/;

/** A variable that nothing reads, and the setting that was probably meant. */
export interface MistypedVariable {
  readonly name: string;
  readonly nearest: string;
}

/** Which of the names look like settings but are not. */
export function findMistyped(names: readonly string[], settings: readonly string[]): MistypedVariable[] {
  const known = new Set(settings);
  return names
    .filter((name) => !known.has(name) && !FOREIGN.test(name))
    .map((name) => ({ name, ...nearestOf(name.toUpperCase(), settings) }))
    .filter(({ name, distance }) => SECTION.test(name.toUpperCase()) || distance <= (name.length < 8 ? 1 : 2))
    .map(({ name, nearest }) => ({ name, nearest }));
}

function nearestOf(name: string, settings: readonly string[]): { nearest: string; distance: number } {
  return settings
    .map((nearest) => ({ nearest, distance: distanceBetween(name, nearest) }))
    .reduce((best, candidate) => (candidate.distance < best.distance ? candidate : best));
}

/** How many letters must be inserted, deleted, replaced or swapped with the next to turn one name into the other. */
function distanceBetween(from: string, to: string): number {
  let [beforeLast, last]: number[][] = [[], Array.from({ length: to.length + 1 }, (_value, index) => index)];
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last?.[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last?.[column - 1] ?? 0) + (same ? 0 : 1),
        swapped && row > 1 && column > 1 ? (beforeLast?.[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last?.[to.length] ?? 0;
}
