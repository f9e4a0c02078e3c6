import type { PublicJwk } from '@auth-subgraph/verifier';
import { KEYS_MAX_AGE_SECONDS } from '@auth-subgraph/verifier/internal';
import { methodNotAllowed, type FetchHandler } from '../../platform/http/fetch-handler.js';
import { answerTagged, taggedOnce } from '../../platform/http/tagged-json.js';

/** Scripts of any page may read public keys. */
const OPEN_TO_PAGES = { 'access-control-allow-origin': '*' };
const PREFLIGHT = { ...OPEN_TO_PAGES, 'access-control-allow-methods': 'GET', 'access-control-allow-headers': '*' };
const HEADERS = {
  ...OPEN_TO_PAGES,
  'content-type': 'application/jwk-set+json',
  'cache-control': `public, max-age=${String(KEYS_MAX_AGE_SECONDS)}`,
};

/** Serves the public keys that verify access tokens. @see RFC 7517 §5, §8.5.2 */
export function createJwksHandler(publicKeys: () => readonly PublicJwk[]): FetchHandler {
  const answer: (...request: Parameters<FetchHandler>) => Response = (request) => {
    if (request.method === 'OPTIONS')
      return new Response(null, { status: 204, headers: { ...PREFLIGHT, 'cache-control': 'no-store' } });
    if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed('GET', 'HEAD', 'OPTIONS');
    const keys = publicKeys();
    return answerTagged(request, taggedOnce(keys, { keys }), HEADERS);
  };
  return (request) => Promise.resolve(answer(request));
}
