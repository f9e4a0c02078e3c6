import { z } from 'zod';
import { isScopeToken } from '@auth-subgraph/verifier/internal';
import { RESERVED_CLAIMS } from '@auth-subgraph/verifier/internal';
import type { User } from '../users/user.js';
import type { Session } from './session.js';

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What a host adds to an access token. A claim that is undefined is left out. */
export interface CustomClaims {
  /** Takes the place of the user's roles. @see RFC 9068 §2.2.3 */
  readonly scope?: readonly string[] | undefined;
  readonly [claim: string]: Json | undefined;
}

/**
 * Says what a new access token holds beside the claims that are the subgraph's own. Called for every sign-in and refresh
 * while the session's row is held, between its write and the commit, so it must not be asynchronous and should answer
 * from memory. If it throws nothing is written: no session is opened, and the refresh token stays good. The same refresh
 * token may be answered twice, so answer the same for the same user.
 */
export type ClaimsHook = (user: User, session: Session) => CustomClaims;

const json = z.json();

/**
 * Checks what a hook has returned.
 * @throws TypeError it is no object of claims, or names one that is reserved, no JSON, or no scope
 */
export function readCustomClaims(returned: unknown): {
  scopes: readonly string[] | undefined;
  claims: Readonly<Record<string, unknown>>;
} {
  // Nobody waits for it: when it fails later, that must not end the process.
  if (returned instanceof Promise) returned.catch(() => undefined);
  if (typeof returned !== 'object' || returned === null || Array.isArray(returned) || 'then' in returned)
    throw new TypeError('the claims hook must return an object of claims, and not a promise of one');
  const { scope, ...claims } = returned as Record<string, unknown>;
  const scopes = scope as readonly string[] | undefined;
  if (scopes !== undefined && !(Array.isArray(scopes) && scopes.every(isScopeToken)))
    throw new TypeError('the claims hook must return a list of scopes as its scope');
  for (const [name, value] of Object.entries(claims)) {
    if ((RESERVED_CLAIMS as readonly string[]).includes(name))
      throw new TypeError(`the claims hook may not set '${name}': it is reserved`);
    if (value !== undefined && !json.safeParse(value).success)
      throw new TypeError(`the claims hook returned a '${name}' that JSON cannot hold`);
  }
  return { scopes, claims };
}
