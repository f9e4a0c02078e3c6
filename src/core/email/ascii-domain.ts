import { domainToASCII } from 'node:url';

/** Converts an international domain name as in `xn--bcher-kva.example`; empty if it is none. @see RFC 5891 */
export function toAsciiDomain(domain: string): string {
  // The function would also turn `1` into an IPv4 address.
  return /^[!-~]*$/.test(domain) ? domain : domainToASCII(domain);
}
