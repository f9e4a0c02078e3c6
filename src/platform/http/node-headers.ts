import { lowerCaseHeaders } from '@auth-subgraph/verifier/internal';
import type { IncomingHttpHeaders } from 'node:http';

/** The headers of a request, as Node.js or the Fetch API has them, or with any other spelling of their names. */
export type GivenHeaders = Readonly<IncomingHttpHeaders> | Iterable<readonly [string, string]>;

/** The headers as Node.js has them; none if there are none, or if they cannot be read. */
export function nodeHeaders(headers: GivenHeaders | null | undefined): Readonly<IncomingHttpHeaders> {
  if (typeof headers !== 'object' || headers === null) return {};
  try {
    return lowerCaseHeaders(headers as Parameters<typeof lowerCaseHeaders>[0]);
  } catch {
    return {};
  }
}
