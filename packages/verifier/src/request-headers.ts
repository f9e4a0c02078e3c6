/** Headers as an object, with any spelling of their names, or as pairs, such as those of a `Headers` object. */
export type GivenHeaders =
  Readonly<Record<string, string | readonly string[] | undefined>> | Iterable<readonly [string, string]>;

/**
 * Headers with names in lower case and one text each, as Node.js has them; what Node.js gives is returned as it is. Several
 * values are joined, so that none of them is preferred. Objects within the values are left out.
 * @see RFC 9110 §5.1 and §5.3
 */
export function lowerCaseHeaders(headers: GivenHeaders): Readonly<Record<string, string | undefined>> {
  const isObject = !(Symbol.iterator in headers);
  if (isObject && isLowerCase(headers)) return headers;
  const found = new Map<string, string>();
  for (const [given, value] of isObject ? Object.entries(headers) : headers) {
    const name = given.toLowerCase();
    const texts = [found.get(name), value].flat().filter((text) => typeof text === 'string');
    if (texts.length > 0) found.set(name, texts.join(name === 'cookie' ? '; ' : ', '));
  }
  return Object.fromEntries(found);
}

function isLowerCase(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): headers is Readonly<Record<string, string | undefined>> {
  for (const name in headers) if (typeof headers[name] === 'object' || name !== name.toLowerCase()) return false;
  return true;
}
