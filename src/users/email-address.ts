import { domainToASCII } from 'node:url';

/** RFC 5321 §4.5.3.1.3: a path holds 256 octets, two of them the angle brackets. */
export const MAX_EMAIL_ADDRESS_LENGTH = 254;
const MAX_LOCAL_PART_LENGTH = 64;

const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
// A last label of digits alone would be an IP address (RFC 3696 §2).
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The one form in which an address is stored and compared: trimmed, NFC, lower case, the domain in ASCII.
 * Answers undefined for anything that is not an address.
 * @see RFC 5321 §4.1.2, RFC 5890 §2.3.2.1
 */
export function normalizeEmailAddress(text: string): string | undefined {
  if (text.length > MAX_EMAIL_ADDRESS_LENGTH * 2) return undefined;
  const address = text.trim().normalize('NFC').toLowerCase();
  const at = address.lastIndexOf('@');
  const localPart = address.slice(0, at);
  const domain = domainToASCII(address.slice(at + 1));
  if (at < 1 || localPart.length > MAX_LOCAL_PART_LENGTH || !LOCAL_PART.test(localPart) || !DOMAIN.test(domain))
    return undefined;
  const normalized = `${localPart}@${domain}`;
  return normalized.length <= MAX_EMAIL_ADDRESS_LENGTH ? normalized : undefined;
}
