import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ROUTER_SECRET_HEADER } from './router-secret-header.js';

export type RouterCheck = (headers: Readonly<IncomingHttpHeaders>) => boolean;

/** Tells whether a request carries one of the secrets. Where there is none, every request counts as the router's. */
export function createRouterCheck(secrets: readonly string[]): RouterCheck {
  const expected = secrets.map(hash);
  if (expected.length === 0) return () => true;
  return (headers) => {
    const value = headers[ROUTER_SECRET_HEADER];
    const given = hash(typeof value === 'string' ? value : '');
    // Each is compared, so that the time does not tell which one it was.
    return expected.map((secret) => timingSafeEqual(secret, given)).includes(true);
  };
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
