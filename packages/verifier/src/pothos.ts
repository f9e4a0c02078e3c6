import { ForbiddenError, UnauthenticatedError } from './access-errors.js';
import { requireViewer } from './resolvers.js';
import type { ViewerContext } from './viewer-context.js';

/** The `AuthScopes` of a schema builder, whose `DefaultAuthStrategy` is `'all'`: `{ signedIn: true }`, `{ scope: 'posts:write' }`, `{ scope: [ … ] }`. */
export interface ViewerScopes {
  signedIn: boolean;
  /** What the access token must grant, all of it. Even none needs a signed-in viewer. */
  scope: string | readonly string[];
}

/** What the plugin found missing, as far as it matters here. */
interface ScopeFailure {
  readonly kind: string;
  readonly scope?: string;
  readonly parameter?: unknown;
  readonly failures?: readonly ScopeFailure[];
}

/**
 * The `scopeAuth` options of `@pothos/plugin-scope-auth`: what is granted to the viewer, and the errors that say why not.
 * Write `builder.queryType({ authScopes: { signedIn: true } })`, and the same for mutations and subscriptions, to deny by
 * default; then `skipTypeScopes: true` opens a field to everybody.
 */
export const scopeAuth = {
  /** Of several conditions all must hold; the plugin alone would let in whoever meets one. */
  defaultStrategy: 'all' as const,
  /** Otherwise a subscription starts for everybody, and only its events are refused. */
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

  /** An `UnauthenticatedError` when nobody is signed in, otherwise a `ForbiddenError` that names the scopes. */
  unauthorizedError(
    _parent: unknown,
    context: ViewerContext,
    _info: unknown,
    { failure }: { readonly failure: ScopeFailure },
  ): Error {
    try {
      requireViewer(context);
    } catch (error) {
      if (error instanceof UnauthenticatedError) return error;
      throw error;
    }
    const scopes = scopesIn(failure);
    return new ForbiddenError(scopes.length > 0 ? { scopes } : {});
  },
};

function listOf(wanted: ViewerScopes['scope']): readonly string[] {
  return typeof wanted === 'string' ? [wanted] : wanted;
}

function scopesIn({ kind, scope, parameter, failures = [] }: ScopeFailure): readonly string[] {
  if (kind === 'AuthScope' && scope === 'scope') return listOf(parameter as ViewerScopes['scope']);
  // Of alternatives none is needed for itself.
  return kind === 'AnyAuthScopes' && failures.length > 1 ? [] : failures.flatMap(scopesIn);
}
