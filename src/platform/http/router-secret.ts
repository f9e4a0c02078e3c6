import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ROUTER_SECRET_HEADER } from './router-secret-header.js';

export type RouterCheck = (headers: Readonly<IncomingHttpHeaders>) => boolean;

/**
 * Checks whether a request carries one of the secrets. If none is configured, every request counts as the gateway's.
 */
export function createRouterCheck(secrets: readonly string[]): RouterCheck {
  const expected = secrets.map(hash);
  if (expected.length === 0) return () => true;
  return (headers) => {
    const value = headers[ROUTER_SECRET_HEADER];
    const given = hash(typeof value === 'string' ? value : '');
    // Compares all of them, so that the timing does not reveal which one matched.
    return expected.map((secret) => timingSafeEqual(secret, given)).includes(true);
  };
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
