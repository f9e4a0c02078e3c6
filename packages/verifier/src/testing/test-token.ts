import { randomUUID } from 'node:crypto';
import { addSeconds } from '../tokens/clock.js';
import {
  keysByHeader,
  RESERVED_CLAIMS,
  signAccessToken,
  verifyAccessToken,
  type AccessTokenGrant,
  type TokenParties,
} from '../tokens/access-token.js';
import { isScopeToken } from '../tokens/scope.js';
import type { SigningKey } from '../tokens/signing-keys.js';

const LIFETIME_SECONDS = 15 * 60;
const USER_FIELDS = ['userId', 'sessionId', 'amr', 'authenticatedAt', 'claims'] as const;

/** The contents of a test token; everything has a default. */
export interface TestTokenGrant {
  /** A UUID. Default: a new one, like the session's. */
  readonly userId?: string | undefined;
  /** Makes it a token of this service account instead of a user: a UUID. Only `scopes` and the times go with it. */
  readonly serviceId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** How the user authenticated. Default: `['pwd']`, a password. @see RFC 8176 */
  readonly amr?: readonly string[] | undefined;
  /** When the user authenticated. Default: `issuedAt`. */
  readonly authenticatedAt?: Date | undefined;
  /** Your own claims, in addition to the standard ones. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The lifetime in seconds, counted from `issuedAt`. Default: 900. Without `issuedAt`, a negative number creates a
   * token that expired that many seconds ago.
   */
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
 * Signs a token that is valid at the time of issue.
 * @throws TypeError every verifier would reject it, or it has a claim that no auth service signs; names the
 * responsible field
 */
export function signGrant(grant: TestTokenGrant, issuer: TestTokenIssuer): string {
  const misfits = USER_FIELDS.filter((name) => grant.serviceId !== undefined && grant[name] !== undefined);
  if (misfits.length > 0) throw new TypeError(`a service account has no ${misfits.join(', ')}`);
  const reserved = RESERVED_CLAIMS.filter((name) => Object.hasOwn(grant.claims ?? {}, name));
  if (reserved.length > 0) throw new TypeError(`claims are reserved: ${reserved.join(', ')}`);
  // Joined with spaces, they would be other scopes.
  for (const scope of grant.scopes ?? [])
    if (!isScopeToken(scope)) throw new TypeError(`scopes contains an invalid scope: ${JSON.stringify(scope)}`);
  const { token, problem } = sign(grant, issuer);
  if (problem === undefined) return token;
  const names = Object.keys(grant) as (keyof TestTokenGrant)[];
  const fields = names.filter((name) => sign({ [name]: grant[name] }, issuer).problem).join(', ');
  throw new TypeError(`no verifier accepts this token: ${problem}${fields && `, because of ${fields}`}`);
}

function sign(
  grant: TestTokenGrant,
  { issuer, audience, key, now }: TestTokenIssuer,
): { token: string; problem?: string } {
  const { issuedAt, lifetimeSeconds } = lifetimeOf(grant, now);
  const { token } = signAccessToken(contentsOf(grant, issuedAt), { issuer, audience, lifetimeSeconds }, key);
  const verified = verifyAccessToken(token, keysByHeader([key]), { issuer, audience, now: issuedAt });
  return verified.ok ? { token } : { token, problem: 'detail' in verified ? verified.detail : verified.reason };
}

function contentsOf(grant: TestTokenGrant, issuedAt: Date): AccessTokenGrant {
  const { serviceId, userId = randomUUID(), sessionId = randomUUID(), amr = ['pwd'], scopes = [], claims = {} } = grant;
  const contents = { tokenId: randomUUID(), issuedAt, scopes };
  if (serviceId !== undefined) return { ...contents, serviceId };
  return { ...contents, userId, sessionId, authenticatedAt: grant.authenticatedAt ?? issuedAt, amr, claims };
}

/** A token must be issued before it expires, even in the past. */
function lifetimeOf(
  { issuedAt, expiresInSeconds = LIFETIME_SECONDS }: TestTokenGrant,
  now: Date,
): { issuedAt: Date; lifetimeSeconds: number } {
  if (issuedAt || expiresInSeconds > 0) return { issuedAt: issuedAt ?? now, lifetimeSeconds: expiresInSeconds };
  return { issuedAt: addSeconds(now, expiresInSeconds - LIFETIME_SECONDS), lifetimeSeconds: LIFETIME_SECONDS };
}
