/** No access token lives longer, whatever the settings and whoever signed it: most verifiers cannot be told to refuse one. */
export const MAX_ACCESS_TOKEN_SECONDS = 24 * 60 * 60;

/** For how long verifiers may keep the published keys. */
export const KEYS_MAX_AGE_SECONDS = 300;

/** A shared secret of fewer bytes can be guessed. @see RFC 7518 §3.2 */
export const MIN_SECRET_BYTES = 32;
