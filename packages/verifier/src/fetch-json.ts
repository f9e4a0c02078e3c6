const DEFAULT_MAX_AGE_SECONDS = 300;
/** An upper limit on caching, whatever the response says: the removal of a key must be noticed within the hour. */
const LONGEST_MAX_AGE_SECONDS = 3600;

/** Those of an address. */
const CREDENTIALS = /\/\/[^\s/]*@/g;

export type Fetch = typeof globalThis.fetch;

export interface JsonAnswer {
  /** Undefined if the resource still matches the tag. */
  readonly body: unknown;
  readonly tag: string | undefined;
  /** How long a response may be used once it has left the service, and how long ago that was. @see RFC 9111 §4.2 */
  readonly maxAgeSeconds: number;
  readonly ageSeconds: number;
}

interface FetchLimits {
  /** The tag of the document that is known already. */
  readonly tag: string | undefined;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Aborts the request. */
  readonly closed: AbortSignal;
}

/**
 * Fetches a JSON document of at most `maxBytes` bytes, unless it has not changed. Does not follow redirects.
 * @throws Error no usable response arrives completely in time
 * @see RFC 9110 §13.1.2
 */
export async function fetchJson(
  fetch: Fetch,
  uri: string,
  { tag, maxBytes, timeoutMs, closed }: FetchLimits,
): Promise<JsonAnswer> {
  const response = await fetch(uri, {
    headers: { accept: 'application/json', ...(tag !== undefined && { 'if-none-match': tag }) },
    // A redirect is not `ok`, so it fails below. Cloudflare Workers does not support `error`.
    redirect: 'manual',
    signal: AbortSignal.any([closed, AbortSignal.timeout(timeoutMs)]),
  });
  const known = { tag: response.headers.get('etag') ?? undefined, ...freshnessOf(response) };
  if (response.status === 304 && tag !== undefined) return { ...known, body: undefined };
  if (!response.ok) {
    // Or the connection stays open until the response is garbage-collected.
    await response.body?.cancel();
    throw new Error(`the response has the status ${String(response.status)}`);
  }
  return { ...known, body: JSON.parse(await readText(response, maxBytes)) as unknown };
}

/** A response that a cache should not have served any more is outdated now, but not older. */
function freshnessOf({ headers }: Response): Pick<JsonAnswer, 'ageSeconds' | 'maxAgeSeconds'> {
  const maxAge = /max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1];
  const age = /^\d+$/.exec(headers.get('age') ?? '')?.[0];
  const maxAgeSeconds = Math.min(Number(maxAge ?? DEFAULT_MAX_AGE_SECONDS), LONGEST_MAX_AGE_SECONDS);
  return { maxAgeSeconds, ageSeconds: Math.min(Number(age ?? 0), maxAgeSeconds) };
}

/** Stops reading once the limit is exceeded: a server must not be able to exhaust our memory. */
async function readText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | [] = response.body ?? [];
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new RangeError(`the response is longer than ${String(maxBytes)} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The reason of a failure, for the log. Why a request failed is in the cause; its message may contain an address. */
export function describeFailure(error: unknown): string {
  const { code, message } = ((error as Error | null)?.cause ?? {}) as {
    readonly code?: unknown;
    readonly message?: unknown;
  };
  const reason = typeof code === 'string' ? code : message;
  return `${String(error)}${typeof reason === 'string' ? ` (${reason})` : ''}`.replace(CREDENTIALS, '//');
}
