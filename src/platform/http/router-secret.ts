import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { sha256 } from '../sha256.js';
import { ROUTER_SECRET_HEADER } from './router-secret-header.js';

export type RouterCheck = (headers: Readonly<IncomingHttpHeaders>) => boolean;

/**
 * Checks whether a request carries one of the secrets. If none is configured, every request counts as the gateway's.
 */
export function createRouterCheck(secrets: readonly string[]): RouterCheck {
  const expected = secrets.map(sha256);
  if (expected.length === 0) return () => true;
  return (headers) => {
    const value = headers[ROUTER_SECRET_HEADER];
    const given = sha256(typeof value === 'string' ? value : '');
    // Compares all of them, so that the timing does not reveal which one matched.
    return expected.map((secret) => timingSafeEqual(secret, given)).includes(true);
  };
}
