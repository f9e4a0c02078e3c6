/** The token of the link in a mail or an announcement. */
export function tokenIn(text: string): string {
  const token = /[?&#]token=([\w-]+)/.exec(text)?.[1];
  if (token === undefined) throw new Error(`there is no token in: ${text}`);
  return token;
}
