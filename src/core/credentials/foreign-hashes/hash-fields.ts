/** The parts of a hash in the PHC string format, `$id$v=1$a=1,b=2$salt$hash`. */
export interface HashFields {
  readonly id: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const MAX_LENGTH = 1_024;
/** A version has a segment in argon2 hashes; Firebase's form lists it with the parameters. */
const FORMAT = /^\$([a-z\d-]+)(?:\$(v=\d+))?\$([a-z]+=[^$,]+(?:,[a-z]+=[^$,]+)*)\$([^$]+)\$([^$]+)$/;
const BASE64 = /^[A-Za-z\d+/]+={0,2}$/;

/**
 * Splits a hash into its parts. Returns `undefined` if it does not have this format.
 * @see https://github.com/P-H-C/phc-string-format
 */
export function readHashFields(text: string): HashFields | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const [, id = '', version, list = '', salt, hash] = FORMAT.exec(text) ?? [];
  const decoded = { salt: decodeBase64(salt), hash: decodeBase64(hash) };
  if (!decoded.salt || !decoded.hash) return undefined;
  const assignments = [...(version === undefined ? [] : [version]), ...list.split(',')];
  const parameters = Object.fromEntries(assignments.map(splitAssignment));
  if (Object.keys(parameters).length !== assignments.length) return undefined;
  return { id, parameters, salt: decoded.salt, hash: decoded.hash };
}

export function decodeBase64(text: string | undefined): Buffer | undefined {
  return text !== undefined && BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** Base64 values may end with `=`. */
function splitAssignment(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
