/** The token in the link of an email or an announcement. */
export function tokenIn(text: string): string {
  const token = /[?&#]token=([\w-]+)/.exec(text)?.[1];
  if (token === undefined) throw new Error(`there is no token in: ${text}`);
  return token;
}
