import ipaddr from 'ipaddr.js';

/**
 * What a client's attempts are counted by: an IPv4 address, or the /64 of an IPv6 one, all of which a single customer has.
 * @see RFC 6177 §2
 */
export function networkOf(address: string): string {
  const parsed = ipaddr.parse(address);
  if (!(parsed instanceof ipaddr.IPv6)) return address;
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
