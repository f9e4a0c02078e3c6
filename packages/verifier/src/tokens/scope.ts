/** @see RFC 6749 §3.3 */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Whether a text is a single scope: printable ASCII without spaces, quotation marks or backslashes. */
export function isScopeToken(text: unknown): text is string {
  return typeof text === 'string' && SCOPE_TOKEN.test(text);
}
