/**
 * The address that `?continue=` leads to after a sign-in, or `undefined` if it may not.
 * @param search the query of the page
 * @param base the address of the page, which relative addresses are resolved against
 * @param origins the allowed origins
 */
export function continueTarget(search: string, base: string, origins: readonly string[]): string | undefined {
  const given = new URLSearchParams(search).get('continue');
  // The browser that follows the address reads it as this parser does, so the origin of the result is the one that counts.
  const target = given === null || !URL.canParse(given, base) ? undefined : new URL(given, base);
  // A blob: address has the origin of the page that made it.
  if (!target || !/^https?:$/.test(target.protocol) || !origins.includes(target.origin)) return undefined;
  return target.username === '' && target.password === '' ? target.href : undefined;
}
