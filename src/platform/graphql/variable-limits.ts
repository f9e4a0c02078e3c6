/** Enough for a thousand representations of entities with one key. */
export const MAX_VARIABLE_VALUES = 5_000;

/** Whether the variables have more values than that, at any depth. Does not recurse, and stops at the limit. */
export function hasMoreValues(variables: object | undefined, limit: number): boolean {
  const parents: object[] = variables ? [variables] : [];
  let count = 0;
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    for (const value of Object.values(parent) as unknown[]) {
      count += 1;
      if (count > limit) return true;
      if (typeof value === 'object' && value !== null) parents.push(value);
    }
  }
  return false;
}
