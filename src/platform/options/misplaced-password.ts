/**
 * Whether a part of the password may follow the host of an address, because a "/", "?" or "#" in it is not
 * percent-encoded. The real host then follows an "@" in the path, the query or the fragment.
 */
export function mayHaveMisplacedPassword({ pathname, search, hash }: URL): boolean {
  return `${pathname}${search}${hash}`.includes('@');
}
