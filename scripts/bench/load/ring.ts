/** Returns the element at an index that may be beyond the end: then it counts on from the beginning. */
export function inRing<T>(elements: readonly T[], index: number): T {
  const found = elements[index % elements.length];
  if (found === undefined) throw new RangeError('the list is empty');
  return found;
}
