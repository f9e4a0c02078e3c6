const TIMEOUT_MS = 5_000;
const DEFAULT_MAX_AGE_SECONDS = 300;
/** Whatever the answer says: a key that is taken away must be missed within the hour. */
const LONGEST_MAX_AGE_SECONDS = 3600;

export type Fetch = typeof globalThis.fetch;

export interface JsonAnswer {
  /** Undefined when it is what the tag stands for. */
  readonly body: unknown;
  readonly tag: string | undefined;
  readonly maxAgeSeconds: number;
}

/**
 * Fetches JSON of at most so many bytes, unless it has not changed. Follows no redirect.
 * @throws Error nothing useful came back in time
 * @see RFC 9110 §13.1.2, RFC 9111 §5.2.2.1
 */
export async function fetchJson(
  fetch: Fetch,
  uri: string,
  { tag, maxBytes }: { tag: string | undefined; maxBytes: number },
): Promise<JsonAnswer> {
  const response = await fetch(uri, {
    headers: { accept: 'application/json', ...(tag !== undefined && { 'if-none-match': tag }) },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const maxAge = /max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '')?.[1];
  const known = {
    tag: response.headers.get('etag') ?? undefined,
    maxAgeSeconds: Math.min(Number(maxAge ?? DEFAULT_MAX_AGE_SECONDS), LONGEST_MAX_AGE_SECONDS),
  };
  if (response.status === 304 && tag !== undefined) return { ...known, body: undefined };
  if (!response.ok) throw new Error(`the answer has the status ${String(response.status)}`);
  return { ...known, body: JSON.parse(await readText(response, maxBytes)) as unknown };
}

/** Stops to read once there is too much: whoever answers for the service must not fill our memory. */
async function readText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | [] = response.body ?? [];
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new RangeError(`the answer is longer than ${String(maxBytes)} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** What went wrong, for the log. */
export function describeFailure(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
