import { lookup } from 'node:dns/promises';
import type { FastifyInstance } from 'fastify';
import { ConfigError } from '../../platform/options/config-error.js';

/** Where a server listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** What the names of its two settings begin with. */
  readonly prefix?: '' | 'admin' | 'metrics';
}

/**
 * Resolves a host to a single address. For `localhost`, Fastify would open a second server, which draining misses.
 * @throws ConfigError the name cannot be resolved
 */
export async function addressOf(place: Place): Promise<string> {
  try {
    return (await lookup(place.host, { order: 'ipv4first' })).address;
  } catch (error) {
    throw hostError(place, error as NodeJS.ErrnoException);
  }
}

/**
 * Listens on an address and returns its URL.
 * @throws ConfigError the address does not belong to this machine, or the port is not available
 */
export async function listen(app: FastifyInstance, address: string, place: Place): Promise<string> {
  try {
    return await app.listen({ host: address, port: place.port });
  } catch (error) {
    throw listenError(place, error as NodeJS.ErrnoException);
  }
}

/** Names the setting that the system rejects. */
export function listenError(place: Place, error: NodeJS.ErrnoException): Error {
  const { code = '' } = error;
  if (code === 'EADDRINUSE') return portError(place, error, 'another program uses');
  if (code === 'EACCES') return portError(place, error, 'this user may not use');
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EAI_AGAIN', 'EINVAL', 'ENOTFOUND'].includes(code)
    ? hostError(place, error)
    : error;
}

function hostError({ host, prefix = '' }: Place, { code = '' }: NodeJS.ErrnoException): ConfigError {
  const fix =
    'Shells and tools such as conda also set this variable. Set it to 127.0.0.1, or to 0.0.0.0 in a container';
  const problem = `is ${JSON.stringify(host)}, which is not an address of this machine (${code}). ${fix}`;
  return new ConfigError([{ path: prefix === '' ? 'host' : `${prefix}Host`, problem }]);
}

function portError({ port, prefix = '' }: Place, { code = '' }: NodeJS.ErrnoException, why: string): ConfigError {
  const problem = `is ${String(port)}, which ${why} (${code}). Set it to another port, or to 0 for any free one`;
  return new ConfigError([{ path: prefix === '' ? 'port' : `${prefix}Port`, problem }]);
}
