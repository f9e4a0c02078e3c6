import { domainToASCII, domainToUnicode } from 'node:url';
import { InvalidInputError } from '../errors/errors.js';

/** RFC 5321 §4.5.3.1.3: a path has at most 256 octets, including two angle brackets. */
export const MAX_EMAIL_ADDRESS_LENGTH = 254;
const MAX_LOCAL_PART_LENGTH = 64;

/** RFC 5321 §4.1.2 Dot-string. Without the flag `u`, `i` matches only ASCII letters in upper case. */
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
/** IDNA drops invisible characters (Default_Ignorable), so they are not allowed either. */
const DOMAIN_CHARACTERS = /^(?:(?!\p{DI})[\p{L}\p{M}\p{Nd}.-])+$/u;
const ASCII_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const PUNYCODE_PREFIX = 'xn--';

/**
 * Converts an address to the form in which it is stored and compared: trimmed, lower case, the domain in ASCII. Returns
 * `undefined` if the text is not an email address.
 * @see RFC 5321 §4.1.2, RFC 5890 §2.3.2.1
 */
export function normalizeEmailAddress(text: string): string | undefined {
  if (text.length > MAX_EMAIL_ADDRESS_LENGTH * 2) return undefined;
  const address = text.trim();
  const at = address.lastIndexOf('@');
  const localPart = address.slice(0, Math.max(at, 0));
  if (localPart.length > MAX_LOCAL_PART_LENGTH || !LOCAL_PART.test(localPart)) return undefined;
  const domain = toAsciiDomain(address.slice(at + 1));
  const normalized = `${localPart.toLowerCase()}@${String(domain)}`;
  return domain !== undefined && normalized.length <= MAX_EMAIL_ADDRESS_LENGTH ? normalized : undefined;
}

/**
 * Normalises the email address of an input field.
 * @throws InvalidInputError the text is not an email address
 */
export function requireEmailAddress(field: string, text: string): string {
  const address = normalizeEmailAddress(text);
  if (address === undefined) throw new InvalidInputError(field, 'Is not an email address.');
  return address;
}

/**
 * Converts the beginning of a domain to the form in which domains are stored. The last label may be incomplete if it is ASCII.
 * Returns `undefined` if no domain begins like this.
 */
export function normalizeDomainPrefix(text: string): string | undefined {
  const tail = text.slice(text.lastIndexOf('.') + 1);
  const isAsciiTail = /^[a-z0-9-]*$/i.test(tail);
  const complete = isAsciiTail ? text.slice(0, text.length - tail.length) : `${text}.`;
  if (complete === '') return tail.toLowerCase();
  // The last label makes it a whole domain.
  const domain = toAsciiDomain(`${complete}x`)?.slice(0, -1);
  return domain === undefined ? undefined : isAsciiTail ? domain + tail.toLowerCase() : domain.slice(0, -1);
}

function toAsciiDomain(domain: string): string | undefined {
  // `domainToASCII` parses URLs: it would cut off `/path`, decode `%61`, and drop tabs and soft hyphens.
  if (!DOMAIN_CHARACTERS.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  const given = domain.split('.');
  const labels = ascii.split('.');
  const unicode = domainToUnicode(ascii).split('.');
  const isDomain =
    labels.length > 1 &&
    // A last label of digits only would be an IP address (RFC 3696 §2).
    !/^\d+$/.test(labels.at(-1) ?? '') &&
    labels.every((label, n) => ASCII_LABEL.test(label) && isFaithful(label, given[n], unicode[n]));
  return isDomain ? ascii : undefined;
}

/**
 * Returns whether an encoded label represents the given one: punycode that decodes, or ASCII that was ASCII. IDNA maps
 * full-width letters and ligatures to ASCII, but such a label must not become the domain that it looks like.
 */
function isFaithful(label: string, given = '', unicode = ''): boolean {
  if (!label.startsWith(PUNYCODE_PREFIX)) return ASCII_LABEL.test(given);
  return !unicode.startsWith(PUNYCODE_PREFIX) && !unicode.startsWith('-') && !unicode.endsWith('-');
}
