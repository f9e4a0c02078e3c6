import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { KEYS_MAX_AGE_SECONDS } from './keys/key-rotation-policy.js';
import type { AuthSubgraph } from './subgraph.js';

/** What verifiers elsewhere ask for: the public keys, and what was revoked. @see RFC 8615, RFC 7517 §5 */
export function addWellKnownRoutes(app: FastifyInstance, auth: AuthSubgraph): void {
  app.get('/.well-known/jwks.json', (request, reply) => {
    void reply
      .type('application/jwk-set+json')
      .header('cache-control', `public, max-age=${String(KEYS_MAX_AGE_SECONDS)}`);
    return answerWithTag(request, reply, JSON.stringify({ keys: auth.publicKeys }));
  });
  app.get<{ Querystring: { since?: unknown } }>('/.well-known/revocations', async (request, reply) => {
    const { since = '0' } = request.query;
    if (typeof since !== 'string' || !/^\d{1,15}$/.test(since))
      return reply.code(400).send({ error: 'since must be the cursor of an earlier answer' });
    const revocations = await auth.revocations(Number(since));
    void reply.type('application/json').header('cache-control', 'no-cache');
    return answerWithTag(request, reply, JSON.stringify(revocations));
  });
}

/** Answers 304 to who has the body already. @see RFC 9110 §13.1.2 */
function answerWithTag(request: FastifyRequest, reply: FastifyReply, body: string): FastifyReply {
  const tag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  void reply.header('etag', tag);
  const known = request.headers['if-none-match']?.split(',').map((text) => text.trim().replace(/^W\//, ''));
  return known?.some((text) => text === tag || text === '*') ? reply.code(304).send() : reply.send(body);
}
