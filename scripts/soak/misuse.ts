import { randomBytes } from 'node:crypto';
import { postJson } from '../bench/load/requests.js';
import { Route } from '../workload/route.js';

type Request = (text: string) => Buffer;

const graphql = (query: string, variables: object = {}, token?: string): Buffer =>
  postJson('/graphql', { query, variables }, token === undefined ? {} : { authorization: `Bearer ${token}` });

/** So long that the store of documents is full before the middle of the run. */
const LONG = 20;

/** Requests that are refused, each with a different text, so that a cache without a limit would grow. */
const REQUESTS: readonly Request[] = [
  (text) => graphql('mutation ($t: String!) { refresh(input: { refreshToken: $t }) { __typename } }', { t: text }),
  (text) => graphql('{ me { id } }', {}, text),
  (text) => graphql(`query ${text.repeat(LONG)} { me { id } }`),
  (text) => graphql(`{ ${text} }`),
  (text) => graphql(`{ me { id ${text}`),
  (text) => graphql('mutation ($t: String!) { verifyEmail(input: { token: $t }) { __typename } }', { t: text }),
  (text) => postJson(`/${text}`, {}),
  () => postJson('/graphql', 'no operation'),
];

/** Sends requests that the service refuses. @throws Error a response is a server error */
export async function misuse(url: string, requests: number): Promise<void> {
  const route = new Route([url], 0);
  for (let sent = 0; sent < requests; sent += 1) {
    const request = REQUESTS[sent % REQUESTS.length];
    if (!request) break;
    const { status, body } = await route.send(request(`a${randomBytes(12).toString('hex')}`));
    if (status >= 500 || body.includes('INTERNAL_SERVER_ERROR'))
      throw new Error(`a refused request returned ${String(status)}`);
  }
  route.close();
}
