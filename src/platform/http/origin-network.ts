import ipaddr from 'ipaddr.js';

/**
 * What a client's attempts are counted by: an IPv4 address, or the /64 of an IPv6 one, all of which a single customer has.
 * IPv4 within IPv6 is not one customer's, and counts by the whole address.
 * @see RFC 6177 §2, RFC 6052 §2.1
 */
export function networkOf(address: string): string {
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const network = parsed.parts.slice(0, 4);
  const holdsIpv4 = parsed.range() === 'rfc6052' || network.every((part) => part === 0);
  return holdsIpv4 ? parsed.toString() : `${network.map((part) => part.toString(16)).join(':')}::/64`;
}
