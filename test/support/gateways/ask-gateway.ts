import type { HttpAnswer } from '../graphql-client.js';

/** Sends a request on a new connection: a gateway may close an idle one at the moment it is used again. */
export async function askGateway(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  const response = await fetch(url, { method: 'POST', body, headers: { ...headers, connection: 'close' } });
  return { status: response.status, text: await response.text(), setCookies: response.headers.getSetCookie() };
}
