import { InvalidInputError } from '../errors/errors.js';

export const MAX_AVATAR_URL_LENGTH = 2048;

/**
 * Checks the address of a picture; null if the text is empty.
 * @param hosts the hosts that may serve pictures; any host if empty
 * @throws InvalidInputError the text is not an https address, names a user, is too long, or its host is not allowed
 */
export function normalizeAvatarUrl(
  field: string,
  text: string | null | undefined,
  hosts: readonly string[],
): string | null {
  if (text === null || text === undefined || text === '') return null;
  // `URL` would ignore white space and complete an address such as `https:host`.
  const isAddress = text.length <= MAX_AVATAR_URL_LENGTH && /^https:\/\/[^\s/\\]\S*$/i.test(text) && URL.canParse(text);
  const url = isAddress ? new URL(text) : undefined;
  const hasUser = url !== undefined && `${url.username}${url.password}` !== '';
  if (url === undefined || hasUser || url.href.length > MAX_AVATAR_URL_LENGTH)
    throw new InvalidInputError(
      field,
      `Must be an https address of at most ${String(MAX_AVATAR_URL_LENGTH)} characters, without a user name.`,
    );
  if (hosts.length > 0 && !hosts.includes(url.host))
    throw new InvalidInputError(field, `Must be an address on ${hosts.join(' or ')}.`);
  return url.href;
}
