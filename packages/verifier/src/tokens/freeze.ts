/** Freezes a value of plain objects and arrays, including everything in it. */
export function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value) as unknown[]) if (typeof inner === 'object' && inner !== null) freeze(inner);
  return Object.freeze(value);
}
