import { isIP } from 'node:net';

/** The connection of a caller, such as a socket. */
export interface CallerConnection {
  /** Whether the caller has disconnected. */
  readonly destroyed: boolean;
  /** The address of the other end, which may be a proxy. */
  readonly remoteAddress?: string | undefined;
}

/** The caller's device as the request describes it. Sanitized, so safe to store, but not proof of anything. */
export interface RequestOrigin {
  /** At most 45 characters; null if unknown or not an IP address. */
  readonly ipAddress: string | null;
  /** At most 512 characters, without control characters; null if absent. */
  readonly userAgent: string | null;
  /** Lets work for a caller who has disconnected be skipped. Never stored. */
  readonly connection?: CallerConnection | undefined;
}

/** The origin of calls outside a request. */
export const UNKNOWN_ORIGIN: RequestOrigin = { ipAddress: null, userAgent: null };

const MAX_USER_AGENT_LENGTH = 512;
// eslint-disable-next-line no-control-regex -- these are what must not be stored
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/g;

/** A class, so that an origin that has been sanitized is recognized and not sanitized again. */
class SanitizedOrigin implements RequestOrigin {
  constructor(
    readonly ipAddress: string | null,
    readonly userAgent: string | null,
    readonly connection: CallerConnection | undefined,
  ) {}
}

export function readRequestOrigin(
  ipAddress: string | undefined,
  userAgent: string | undefined,
  connection?: CallerConnection,
): RequestOrigin {
  return new SanitizedOrigin(readIpAddress(ipAddress), cleanUserAgent(userAgent), connection);
}

/** Sanitizes an origin that your application has put together, perhaps from what a client sent. */
export function sanitizeOrigin(origin: RequestOrigin): RequestOrigin {
  if (origin instanceof SanitizedOrigin) return origin;
  const { ipAddress, userAgent, connection } = origin;
  return readRequestOrigin(ipAddress ?? undefined, userAgent ?? undefined, connection);
}

/** Returns the canonical form of the address, without its port or zone; null if the text is not an IP address. */
function readIpAddress(text: string | undefined): string | null {
  // What an application passes on may be anything.
  if (typeof text !== 'string' || text.length > 64) return null;
  // Some proxies append the port.
  const host = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text);
  const address = (host?.[1] ?? host?.[2] ?? text).replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      return canonicalIpv6(address);
    default:
      return null;
  }
}

/** @see RFC 5952 §4 */
function canonicalIpv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function cleanUserAgent(text: string | undefined): string | null {
  if (typeof text !== 'string') return null;
  const clean = text.slice(0, MAX_USER_AGENT_LENGTH).replace(CONTROL_CHARACTERS, '').toWellFormed().trim();
  return clean === '' ? null : clean;
}
