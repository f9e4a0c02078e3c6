import ipaddr from 'ipaddr.js';
import { sanitizeOrigin, type RequestOrigin } from './request-origin.js';

/**
 * The network that a client's attempts are counted by: an IPv4 address, or the /64 of an IPv6 address, which a single
 * customer usually has as a whole. IPv4 addresses embedded in IPv6 belong to different customers and count as whole
 * addresses.
 * @see RFC 6177 §2, RFC 6052 §2.1
 */
export function networkOf(address: string): string {
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const network = parsed.parts.slice(0, 4);
  const holdsIpv4 = parsed.range() === 'rfc6052' || network.every((part) => part === 0);
  return holdsIpv4 ? parsed.toString() : `${network.map((part) => part.toString(16)).join(':')}::/64`;
}

/** The network that the requests of an origin are counted by; undefined if no address is known. */
export function networkOfOrigin(origin: RequestOrigin): string | undefined {
  const { ipAddress, connection } = sanitizeOrigin(origin);
  // Proxies may write `unknown` or a pseudonym (RFC 7239 §6). Their clients count as the proxy.
  const address = ipAddress ?? connection?.remoteAddress;
  return address === undefined ? undefined : networkOf(address);
}
