import type { IncomingHttpHeaders } from 'node:http';

/** The id of the user who calls, from the Authorization header that the gateway passes on; undefined without one. */
export async function currentUserId(
  { authorization }: IncomingHttpHeaders,
  authUrl: string,
): Promise<string | undefined> {
  if (authorization === undefined) return undefined;
  const response = await fetch(authUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query: '{ me { id } }' }),
  });
  const { data } = (await response.json()) as { data?: { me?: { id: string } | null } };
  return data?.me?.id;
}
