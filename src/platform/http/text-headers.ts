import type { IncomingHttpHeaders } from 'node:http';

/** The headers of a request, as Node.js or the Fetch API has them. */
export type GivenHeaders = Readonly<IncomingHttpHeaders> | Iterable<readonly [string, string]>;

/** The headers whose values are text; the others, and those of a request without headers, count as absent. */
export function textHeaders(headers: GivenHeaders | null | undefined): Readonly<Record<string, string>> {
  const given = headers ?? {};
  const entries: (readonly [string, unknown])[] = Symbol.iterator in given ? [...given] : Object.entries(given);
  return Object.fromEntries(
    entries.filter((entry): entry is readonly [string, string] => typeof entry[1] === 'string'),
  );
}
