import { ForbiddenError, UnauthenticatedError } from './access-errors.js';
import { rejectionOf, type AuthenticatedViewer, type ServiceViewer, type ViewerContext } from './viewer-context.js';

/** The holder of a token of either kind. */
type TokenHolder = AuthenticatedViewer | ServiceViewer;

/** Also accepts service accounts, where the last argument of `requireScopes` says so. */
interface ServicesToo {
  readonly services: boolean;
}

/**
 * Returns the signed-in viewer.
 * @throws UnauthenticatedError no user is signed in; `extensions.reason` says why
 * @throws ForbiddenError the caller is a service account
 */
export function requireViewer(context: ViewerContext): AuthenticatedViewer {
  const viewer = requireTokenHolder(context);
  if (viewer.kind === 'service') throw userRequired();
  return viewer;
}

/** Tells a service account that only users may do this. */
export function userRequired(): ForbiddenError {
  return new ForbiddenError({ reason: 'USER_REQUIRED' }, 'Only a signed-in user may do this.');
}

function requireTokenHolder(context: ViewerContext): TokenHolder {
  const viewer = (context as Partial<ViewerContext> | null | undefined)?.viewer;
  if (!viewer) throw new TypeError('the context has no viewer; create it with createViewerContext');
  if (viewer.kind === 'authenticated' || viewer.kind === 'service') return viewer;
  throw new UnauthenticatedError(rejectionOf(viewer));
}

/**
 * Returns the signed-in viewer, whose access token grants all of the scopes. With `{ services: true }` as the last
 * argument, also returns a service account whose token grants them.
 * @example requireScopes(context, 'orders:read', { services: true })
 * @throws UnauthenticatedError no user is signed in
 * @throws ForbiddenError a scope is missing; `extensions.scopes` lists the required scopes. Or the caller is a service
 * account
 */
export function requireScopes(context: ViewerContext, ...scopes: readonly string[]): AuthenticatedViewer;
export function requireScopes(context: ViewerContext, ...scopes: readonly [...string[], ServicesToo]): TokenHolder;
export function requireScopes(context: ViewerContext, ...given: readonly (string | ServicesToo)[]): TokenHolder {
  const last = given.at(-1);
  return isServicesToo(last)
    ? requireGranted(context, given.slice(0, -1), last.services)
    : requireGranted(context, given);
}

/** Anything else is taken as a scope, which no token grants: a mistake must not open the field. */
function isServicesToo(value: unknown): value is ServicesToo {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(value).join() === 'services' && typeof (value as Partial<ServicesToo>).services === 'boolean';
}

/**
 * `requireScopes` with a list of scopes, for decorators: nothing in the list is an option.
 * @throws UnauthenticatedError no user is signed in
 * @throws ForbiddenError something in the list is not a scope that the token grants, or the caller is a service account
 */
export function requireGranted(context: ViewerContext, scopes: readonly unknown[], services = false): TokenHolder {
  const viewer = services ? requireTokenHolder(context) : requireViewer(context);
  const granted: readonly unknown[] = viewer.scopes;
  if (!scopes.every((scope) => granted.includes(scope))) throw new ForbiddenError({ scopes: scopes as string[] });
  return viewer;
}

type Resolve = (source: never, args: never, context: never, info: never) => unknown;
type FieldMap = Readonly<Record<string, unknown>>;

const ROOTS = ['Query', 'Mutation', 'Subscription'] as const;

/**
 * Denies access by default: every root field of a plain resolver map requires a signed-in viewer, except the named
 * fields. Pass the whole map, with the root types under their usual names.
 * @param options.public the public fields, such as `Query.posts`
 * @throws TypeError there is no list of public fields, a named field is missing from the map, the map has no root type, or
 * a root type is not a plain object
 */
export function protectResolvers<Resolvers extends object>(
  resolvers: Resolvers,
  options: { readonly public: readonly string[] },
): Resolvers {
  const names: unknown = (options as { readonly public?: unknown } | undefined)?.public;
  if (!Array.isArray(names))
    throw new TypeError("list the public fields as { public: ['Query.posts'] }, or { public: [] }");
  const map = resolvers as Readonly<Record<string, FieldMap | undefined>>;
  const roots = ROOTS.flatMap((root) => (map[root] ? [[root, map[root]] as const] : []));
  if (roots.length === 0) throw new TypeError('there is no Query, Mutation or Subscription to protect');
  const open = new Set<string>(names);
  const guardedRoots = roots.map(([root, fields]) => [root, guardFields(root, fields, open)]);
  if (open.size > 0) throw new TypeError(`there is no resolver for ${[...open].join(', ')}`);
  return { ...resolvers, ...Object.fromEntries(guardedRoots) } as Resolvers;
}

/** Removes the fields that it finds from `open`. */
function guardFields(root: string, fields: FieldMap, open: Set<string>): FieldMap {
  return mapPlain(root, fields, (coordinate, field) =>
    open.delete(coordinate) ? field : guardField(coordinate, field),
  );
}

/** A field is a function or contains functions: a subscription's `subscribe` and `resolve`. */
function guardField(coordinate: string, field: unknown): unknown {
  if (typeof field !== 'object' || field === null) return guardFunction(field);
  return mapPlain(coordinate, field, (_path, value) => guardFunction(value));
}

function guardFunction(value: unknown): unknown {
  return typeof value === 'function' ? guarded(value as Resolve) : value;
}

function mapPlain(path: string, object: object, change: (path: string, value: unknown) => unknown): FieldMap {
  const prototype: unknown = Object.getPrototypeOf(object);
  // Methods of a class are not among the entries.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw new TypeError(`${path} is not a plain object; write { field: (...args) => instance.field(...args), … }`);
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(`${path}.${name}`, value)]));
}

/** Runs a resolver only for a signed-in viewer, or also for a service account, whose token grants all of the scopes. */
export function guarded<R extends Resolve>(resolve: R, scopes: readonly string[] = [], services = false): R {
  const guardedResolve = (source: never, args: never, context: ViewerContext, info: never): unknown => {
    requireGranted(context, scopes, services);
    return resolve(source, args, context as never, info);
  };
  return guardedResolve as unknown as R;
}
