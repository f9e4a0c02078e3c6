import { errorResponse, methodNotAllowed, type FetchHandler } from '../../platform/http/fetch-handler.js';
import { answerTagged, taggedOnce } from '../../platform/http/tagged-json.js';
import type { Revocations } from '../sessions/revocation-feed.service.js';

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-cache' };
const BAD_CURSOR = 'The parameter since must be the cursor of an earlier response.';

/** Serves what was revoked since the cursor in `?since=`, or recently if there is none. */
export function createRevocationsHandler(list: (cursor: number) => Promise<Revocations>): FetchHandler {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed('GET', 'HEAD');
    const [since = '0', ...more] = new URL(request.url).searchParams.getAll('since');
    if (more.length > 0 || !/^\d{1,15}$/.test(since)) return errorResponse(400, BAD_CURSOR);
    return answerTagged(request, taggedOnce(await list(Number(since))), HEADERS);
  };
}
