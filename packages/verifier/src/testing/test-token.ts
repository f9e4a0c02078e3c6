import { randomUUID } from 'node:crypto';
import { addSeconds } from '../tokens/clock.js';
import {
  keysByHeader,
  RESERVED_CLAIMS,
  signAccessToken,
  verifyAccessToken,
  type TokenParties,
} from '../tokens/access-token.js';
import type { SigningKey } from '../tokens/signing-keys.js';

const LIFETIME_SECONDS = 15 * 60;

/** What a test token says; everything has a default. */
export interface TestTokenGrant {
  /** A UUID; a new one by default, as is the session's. */
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** How the user was authenticated. Default: `['pwd']`, with a password. @see RFC 8176 */
  readonly amr?: readonly string[] | undefined;
  /** When the user was authenticated. Default: `issuedAt`. */
  readonly authenticatedAt?: Date | undefined;
  /** Claims of your own, in addition to those that every token has. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** How long it is good for, counted from `issuedAt`. Default: 900. Without `issuedAt`, a negative number is how long ago it expired. */
  readonly expiresInSeconds?: number | undefined;
  /** Default: now. */
  readonly issuedAt?: Date | undefined;
}

/** Who signs test tokens, for whom, and when. */
export interface TestTokenIssuer extends TokenParties {
  readonly key: SigningKey;
  readonly now: Date;
}

/**
 * Signs a token that is good at the time of its issue.
 * @throws TypeError every verifier would refuse it, or it has a claim that no auth service signs; says which field is why
 */
export function signGrant(grant: TestTokenGrant, issuer: TestTokenIssuer): string {
  const reserved = RESERVED_CLAIMS.filter((name) => Object.hasOwn(grant.claims ?? {}, name));
  if (reserved.length > 0) throw new TypeError(`claims are reserved: ${reserved.join(', ')}`);
  const { token, problem } = sign(grant, issuer);
  if (problem === undefined) return token;
  const names = Object.keys(grant) as (keyof TestTokenGrant)[];
  const fields = names.filter((name) => sign({ [name]: grant[name] }, issuer).problem).join(', ');
  throw new TypeError(`no verifier accepts such a token: ${problem}${fields && `, because of ${fields}`}`);
}

function sign(
  grant: TestTokenGrant,
  { issuer, audience, key, now }: TestTokenIssuer,
): { token: string; problem?: string } {
  const { userId = randomUUID(), sessionId = randomUUID(), amr = ['pwd'], scopes = [], claims = {} } = grant;
  const { issuedAt, lifetimeSeconds } = lifetimeOf(grant, now);
  const { authenticatedAt = issuedAt } = grant;
  const said = { userId, sessionId, tokenId: randomUUID(), issuedAt, authenticatedAt, amr, scopes, claims };
  const { token } = signAccessToken(said, { issuer, audience, lifetimeSeconds }, key);
  const verified = verifyAccessToken(token, keysByHeader([key]), { issuer, audience, now: issuedAt });
  return verified.ok ? { token } : { token, problem: 'detail' in verified ? verified.detail : verified.reason };
}

/** A token has to be issued before it expires, in the past as well. */
function lifetimeOf(
  { issuedAt, expiresInSeconds = LIFETIME_SECONDS }: TestTokenGrant,
  now: Date,
): { issuedAt: Date; lifetimeSeconds: number } {
  if (issuedAt || expiresInSeconds > 0) return { issuedAt: issuedAt ?? now, lifetimeSeconds: expiresInSeconds };
  return { issuedAt: addSeconds(now, expiresInSeconds - LIFETIME_SECONDS), lifetimeSeconds: LIFETIME_SECONDS };
}
