import type { SessionIdentity } from './auth-state.js';
import { stopwatch, wallNowMs } from './clock.js';

export interface AccessToken {
  /** The JWT. */
  readonly text: string;
  readonly identity: SessionIdentity;
  /** In seconds since the epoch, by the clock of the service. */
  readonly issuedAt: number;
  /** In milliseconds since the epoch, by the clock of the device. */
  readonly arrivedMs: number;
  /**
   * The JWT, if it lives for longer than the margin, or than half of its lifetime if that is shorter, and is not the one
   * that a server has rejected.
   */
  usable(marginSeconds?: number, rejected?: string): string | undefined;
}

interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly scope?: string;
  readonly iat: number;
  readonly exp: number;
}

/** Reads a token without verifying it: it comes from the service, and only servers decide by it. */
export function readAccessToken(text: string, arrivedMs = wallNowMs()): AccessToken {
  const payload = (text.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  // The claims that are read are in ASCII.
  const { sub, sid, scope, iat, exp } = JSON.parse(atob(payload)) as Claims;
  const lifetimeSeconds = exp - iat;
  const ageSeconds = stopwatch(arrivedMs);
  return {
    text,
    identity: { userId: sub, sessionId: sid, scopes: scope?.match(/\S+/g) ?? [] },
    issuedAt: iat,
    arrivedMs,
    usable: (marginSeconds = 0, rejected) =>
      text !== rejected && ageSeconds() < lifetimeSeconds - Math.min(marginSeconds, lifetimeSeconds / 2)
        ? text
        : undefined,
  };
}
