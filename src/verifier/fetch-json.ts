const TIMEOUT_MS = 5_000;
const DEFAULT_MAX_AGE_SECONDS = 300;

export type Fetch = typeof globalThis.fetch;

export interface JsonAnswer {
  /** Undefined when it is what the tag stands for. */
  readonly body: unknown;
  readonly tag: string | undefined;
  readonly maxAgeSeconds: number;
}

/**
 * Fetches JSON, unless it has not changed. Follows no redirect.
 * @throws Error nothing useful came back in time
 * @see RFC 9110 §13.1.2, RFC 9111 §5.2.2.1
 */
export async function fetchJson(fetch: Fetch, uri: string, tag: string | undefined): Promise<JsonAnswer> {
  const response = await fetch(uri, {
    headers: { accept: 'application/json', ...(tag !== undefined && { 'if-none-match': tag }) },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const maxAge = /max-age=(\d{1,6})/.exec(response.headers.get('cache-control') ?? '')?.[1];
  const known = {
    tag: response.headers.get('etag') ?? undefined,
    maxAgeSeconds: maxAge === undefined ? DEFAULT_MAX_AGE_SECONDS : Number(maxAge),
  };
  if (response.status === 304 && tag !== undefined) return { ...known, body: undefined };
  if (!response.ok) throw new Error(`the answer has the status ${String(response.status)}`);
  return { ...known, body: await response.json() };
}
