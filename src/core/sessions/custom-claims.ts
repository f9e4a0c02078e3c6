import * as z from 'zod';
import { isScopeToken } from '@auth-subgraph/verifier/internal';
import { RESERVED_CLAIMS } from '@auth-subgraph/verifier/internal';
import { nameOf } from '../../platform/error-codes.js';
import { requireSynchronous } from '../../platform/synchronous.js';
import { DomainError } from '../errors/errors.js';
import type { Json } from '../users/stored-json.js';
import type { User } from '../users/user.js';
import type { Session } from './session.js';

/** Claims that your application adds to access tokens. Undefined claims are left out. */
export interface CustomClaims {
  /** Replaces the user's roles as scopes. @see RFC 9068 §2.2.3 */
  readonly scope?: readonly string[] | undefined;
  readonly [claim: string]: Json | undefined;
}

/**
 * Returns claims to add to a new access token. Called for every sign-in and refresh while the session's row is locked, so
 * it must be synchronous and should only read from memory. If it throws, nothing is written: no session is opened, and the
 * refresh token stays valid. It may be called twice for one refresh token, so return the same claims for the same user.
 */
export type ClaimsHook = (user: User, session: Session) => CustomClaims;

const json = z.json();

/**
 * Calls a claims hook, and reads what it returns.
 * @throws TypeError as for `readCustomClaims`
 */
export function customClaimsOf(hook: ClaimsHook, user: User, session: Session): ReturnType<typeof readCustomClaims> {
  return readCustomClaims(call(hook, user, session));
}

function call(hook: ClaimsHook, user: User, session: Session): unknown {
  try {
    return hook(user, session);
  } catch (error) {
    // The codes of others are sent to clients, which would take them for errors about their token or password.
    if (!(error instanceof DomainError || (error instanceof Error && 'extensions' in error))) throw error;
    const masked = new Error(`the claims hook threw ${nameOf(error)}`, { cause: error });
    masked.stack = error.stack ?? '';
    throw masked;
  }
}

/**
 * Validates the result of a claims hook.
 * @throws TypeError the result is not an object, sets a reserved claim, or contains a value that is not JSON or not a scope
 */
function readCustomClaims(returned: unknown): {
  scopes: readonly string[] | undefined;
  claims: Readonly<Record<string, unknown>>;
} {
  requireSynchronous(returned, 'the claims hook must return an object of claims, not a promise');
  // Neither null nor a list, a map or an error, which look like an object without claims.
  if (Object.prototype.toString.call(returned) !== '[object Object]')
    throw new TypeError('the claims hook must return an object of claims');
  const { scope, ...claims } = returned as Record<string, unknown>;
  const scopes = scope as readonly string[] | undefined;
  if (scopes !== undefined && !(Array.isArray(scopes) && Array.from<unknown>(scopes).every(isScopeToken)))
    throw new TypeError('the claims hook must return a list of scopes as `scope`');
  for (const [name, value] of Object.entries(claims)) {
    if ((RESERVED_CLAIMS as readonly string[]).includes(name))
      throw new TypeError(`the claims hook must not set '${name}', which is reserved`);
    if (value !== undefined && !json.safeParse(value).success)
      throw new TypeError(`the claims hook returned a '${name}' that is not JSON`);
  }
  return { scopes, claims };
}
