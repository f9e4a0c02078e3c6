/** No access token lives longer, whatever the settings and whoever signed it: there is no way to take one back. */
export const MAX_ACCESS_TOKEN_SECONDS = 24 * 60 * 60;
