import type { FastifyInstance } from 'fastify';

const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** Returns the methods that a path supports. */
export type AllowedMethods = (path: string) => readonly string[];

/** Watches which routes are added to a server from now on. Fastify finds a route by its pattern only, not by a path. */
export function watchRoutes(app: FastifyInstance): AllowedMethods {
  const routes: { readonly method: string; readonly pattern: string }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    routes.push(...[method].flat().map((name) => ({ method: name, pattern: url })));
  });
  return (path) =>
    METHODS.filter((method) => routes.some((route) => route.method === method && matches(route.pattern, path)));
}

/** In a pattern, `:name` stands for a segment of the path, and `*` for the rest of it. */
function matches(pattern: string, path: string): boolean {
  const expected = pattern.split('/');
  const segments = path.split('/');
  const hasRest = expected.at(-1) === '*';
  return (
    (hasRest ? segments.length >= expected.length : segments.length === expected.length) &&
    expected.every((part, index) => part === '*' || part.startsWith(':') || part === segments[index])
  );
}
