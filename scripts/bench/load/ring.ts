/** Returns the element at an index that may be beyond the end: then it counts on from the beginning. */
export function inRing<T>(elements: readonly T[], index: number): T {
  const found = elements[index % elements.length];
  if (found === undefined) throw new RangeError('the list is empty');
  return found;
}

/** Returns one element after the other: sign-ins are spread over all accounts, so that none reaches its limit of sessions. */
export function takingTurns<T>(elements: readonly T[]): () => T {
  let taken = 0;
  return () => {
    taken += 1;
    return inRing(elements, taken);
  };
}
