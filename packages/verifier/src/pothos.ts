import { ForbiddenError, UnauthenticatedError } from './access-errors.js';
import { requireViewer } from './resolvers.js';
import type { ViewerContext } from './viewer-context.js';

/**
 * The `AuthScopes` of a schema builder, with `'all'` as its `DefaultAuthStrategy`: `{ signedIn: true }`, `{ scope:
 * 'posts:write' }`, `{ scope: [ … ] }`.
 */
export interface ViewerScopes {
  signedIn: boolean;
  /** The scopes that the access token must grant. Even an empty list requires a signed-in viewer. */
  scope: string | readonly string[];
}

/** The part of the plugin's failure that matters here. */
interface ScopeFailure {
  readonly kind: string;
  readonly scope?: string;
  readonly parameter?: unknown;
  readonly failures?: readonly ScopeFailure[];
}

/**
 * The `scopeAuth` options of `@pothos/plugin-scope-auth`: the scopes of the viewer, and errors that explain a
 * rejection. To deny access by default, write `builder.queryType({ authScopes: { signedIn: true } })`, and the same for
 * mutations and subscriptions; `skipTypeScopes: true` then makes a field public.
 */
export const scopeAuth = {
  /** All conditions must hold; by default the plugin would accept any one of them. */
  defaultStrategy: 'all' as const,
  /** Otherwise anyone could start a subscription, and only its events would be rejected. */
  authorizeOnSubscribe: true as const,

  authScopes(context: ViewerContext) {
    const viewer = (context as Partial<ViewerContext> | null | undefined)?.viewer;
    const signedIn = viewer?.kind === 'authenticated';
    const granted = new Set(signedIn ? viewer.scopes : []);
    return {
      signedIn,
      scope: (wanted: ViewerScopes['scope']) => signedIn && listOf(wanted).every((scope) => granted.has(scope)),
    };
  },

  /**
   * An `UnauthenticatedError` if no user is signed in, otherwise a `ForbiddenError`, which lists the required scopes unless
   * the caller is a service account.
   */
  unauthorizedError(
    _parent: unknown,
    context: ViewerContext,
    _info: unknown,
    { failure }: { readonly failure: ScopeFailure },
  ): Error {
    try {
      requireViewer(context);
    } catch (error) {
      if (error instanceof UnauthenticatedError || error instanceof ForbiddenError) return error;
      throw error;
    }
    const scopes = scopesIn(failure);
    return new ForbiddenError(scopes.length > 0 ? { scopes } : {});
  },
};

function listOf(wanted: ViewerScopes['scope']): readonly string[] {
  return wanted instanceof Array ? wanted : [wanted];
}

function scopesIn({ kind, scope, parameter, failures = [] }: ScopeFailure): readonly string[] {
  if (kind === 'AuthScope' && scope === 'scope') return listOf(parameter as ViewerScopes['scope']);
  // With alternatives, no single scope is required.
  return kind === 'AnyAuthScopes' && failures.length > 1 ? [] : failures.flatMap(scopesIn);
}
