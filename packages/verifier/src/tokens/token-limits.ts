/**
 * The maximum lifetime of an access token, whatever the settings and whoever signed it: most verifiers cannot check for
 * revocation.
 */
export const MAX_ACCESS_TOKEN_SECONDS = 24 * 60 * 60;

/** How long verifiers may cache the published keys. */
export const KEYS_MAX_AGE_SECONDS = 300;

/** A shorter shared secret can be guessed. @see RFC 7518 §3.2 */
export const MIN_SECRET_BYTES = 32;
