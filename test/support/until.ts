/** Polls until there is a value; fails after too long. */
export async function until<T>(
  ask: () => T | Promise<T>,
  what: string,
  timeoutMs = 120_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const patience = performance.now() + timeoutMs;
  while (performance.now() < patience) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<Exclude<T, false>>;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain for ${what}`);
}
