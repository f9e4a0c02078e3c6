import { secondsSince, type Moment } from './clock.js';

export interface AccessToken {
  /** The JWT. */
  readonly text: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  /** In seconds since the epoch, by the clock of the service. */
  readonly issuedAt: number;
  readonly lifetimeSeconds: number;
  readonly arrived: Moment;
}

interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly scope?: string;
  readonly iat: number;
  readonly exp: number;
}

/** Reads a token without verifying it: it comes from the service, and only servers decide by it. */
export function readAccessToken(text: string, arrived: Moment): AccessToken {
  const payload = (text.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  // The claims that are read are in ASCII.
  const { sub, sid, scope, iat, exp } = JSON.parse(atob(payload)) as Claims;
  return {
    text,
    userId: sub,
    sessionId: sid,
    scopes: scope?.split(' ').filter(Boolean) ?? [],
    issuedAt: iat,
    lifetimeSeconds: exp - iat,
    arrived,
  };
}

/** Whether a token lives for longer than the margin, or than half of its lifetime if that is shorter. */
export function isUsable(token: AccessToken | undefined, marginSeconds = 0): token is AccessToken {
  if (!token) return false;
  const { lifetimeSeconds, arrived } = token;
  return secondsSince(arrived) < lifetimeSeconds - Math.min(marginSeconds, lifetimeSeconds / 2);
}
