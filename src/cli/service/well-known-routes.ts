import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { KEYS_MAX_AGE_SECONDS } from '../keys/key-rotation-policy.js';
import type { AuthSubgraph } from '../../subgraph.js';

/** Anybody may read public keys, including scripts of any page. */
const OPEN_TO_PAGES = { 'access-control-allow-origin': '*' };

/** What verifiers elsewhere ask for: the public keys, and what was revoked. @see RFC 8615, RFC 7517 §5 */
export function addWellKnownRoutes(app: FastifyInstance, auth: AuthSubgraph): void {
  app.options('/.well-known/jwks.json', (_request, reply) =>
    reply
      .code(204)
      .headers({ ...OPEN_TO_PAGES, 'access-control-allow-methods': 'GET', 'access-control-allow-headers': '*' })
      .send(),
  );
  app.get('/.well-known/jwks.json', (request, reply) => {
    void reply
      .headers(OPEN_TO_PAGES)
      .type('application/jwk-set+json')
      .header('cache-control', `public, max-age=${String(KEYS_MAX_AGE_SECONDS)}`);
    const keys = auth.publicKeys;
    return answer(request, reply, taggedOnce(keys, { keys }));
  });
  app.get<{ Querystring: { since?: unknown } }>('/.well-known/revocations', async (request, reply) => {
    const { since = '0' } = request.query;
    if (typeof since !== 'string' || !/^\d{1,15}$/.test(since))
      return reply.code(400).send({ error: 'since must be the cursor of an earlier answer' });
    const revocations = await auth.revocations(Number(since));
    void reply.type('application/json').header('cache-control', 'no-cache');
    return answer(request, reply, taggedOnce(revocations, revocations));
  });
}

interface Tagged {
  readonly body: string;
  readonly tag: string;
}

/** A feed can be megabytes, and many ask for the same one. */
const known = new WeakMap<object, Tagged>();

/** The text of an answer and its tag, made once for as long as its source is the same object. */
function taggedOnce(source: object, value: object): Tagged {
  const before = known.get(source);
  if (before) return before;
  const body = JSON.stringify(value);
  const tagged = { body, tag: `"${createHash('sha256').update(body).digest('base64url')}"` };
  known.set(source, tagged);
  return tagged;
}

/** Answers 304 to who has the body already. @see RFC 9110 §13.1.2 */
function answer(request: FastifyRequest, reply: FastifyReply, { body, tag }: Tagged): FastifyReply {
  void reply.header('etag', tag);
  const theirs = request.headers['if-none-match']?.split(',').map((text) => text.trim().replace(/^W\//, ''));
  return theirs?.some((text) => text === tag || text === '*') ? reply.code(304).send() : reply.send(body);
}
