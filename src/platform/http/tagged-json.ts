import { createHash } from 'node:crypto';
import type { RequestHead } from './fetch-handler.js';

/** A JSON text and its entity tag. */
export interface TaggedJson {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly tag: string;
}

/** The text can be megabytes long and is requested by many clients. */
const known = new WeakMap<object, TaggedJson>();

/** Serializes a value and computes its tag once, as long as `source` is the same object. */
export function taggedOnce(source: object, value: object = source): TaggedJson {
  const before = known.get(source);
  if (before) return before;
  const body = new TextEncoder().encode(JSON.stringify(value));
  const tagged = { body, tag: `"${createHash('sha256').update(body).digest('base64url')}"` };
  known.set(source, tagged);
  return tagged;
}

/** Responds to GET and HEAD; 304 if the client already has the text. @see RFC 9110 §13.1.2 */
export function answerTagged(
  { headers: asked, method }: RequestHead,
  { body, tag }: TaggedJson,
  headers: Record<string, string>,
): Response {
  const tags = asked.get('if-none-match')?.split(',') ?? [];
  const isKnown = tags.map((text) => text.trim().replace(/^W\//, '')).some((text) => text === tag || text === '*');
  if (isKnown) return new Response(null, { status: 304, headers: { ...headers, etag: tag } });
  return new Response(method === 'HEAD' ? null : body, {
    headers: { ...headers, etag: tag, 'content-length': String(body.length) },
  });
}
