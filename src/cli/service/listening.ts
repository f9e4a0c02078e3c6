import { lookup } from 'node:dns/promises';
import type { FastifyInstance } from 'fastify';
import type { ServiceSettings } from '../../config/service-settings.js';
import { ConfigError } from '../../platform/options/config-error.js';

/** Where a server listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** What the names of its two settings begin with; missing for the service itself. */
  readonly prefix?: 'admin' | 'metrics';
}

/** Where the servers of the service listen. */
function placesOf({ admin, adminHost, adminPort, host, metricsHost, metricsPort, port }: ServiceSettings): Place[] {
  return [
    { host, port },
    ...(admin.schema === 'separate' ? [{ host: adminHost, port: adminPort, prefix: 'admin' } as const] : []),
    ...(metricsPort === undefined ? [] : [{ host: metricsHost, port: metricsPort, prefix: 'metrics' } as const]),
  ];
}

/**
 * Checks that every host of the service can be resolved.
 * @throws ConfigError a name cannot be resolved
 */
export async function checkHosts(settings: ServiceSettings): Promise<void> {
  for (const place of placesOf(settings)) await addressOf(place);
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

function hostError(place: Place, { code = '' }: NodeJS.ErrnoException): ConfigError {
  const fix =
    'Shells and tools such as conda also set this variable. Set it to 127.0.0.1, or to 0.0.0.0 in a container';
  const problem = `is ${JSON.stringify(place.host)}, which is not an address of this machine (${code}). ${fix}`;
  return placeError(place, 'Host', problem);
}

function portError(place: Place, { code = '' }: NodeJS.ErrnoException, why: string): ConfigError {
  const fix = 'Set it to another port, or to 0 for any free one';
  return placeError(place, 'Port', `is ${String(place.port)}, which ${why} (${code}). ${fix}`);
}

function placeError({ prefix }: Place, name: 'Host' | 'Port', problem: string): ConfigError {
  return new ConfigError([{ path: prefix === undefined ? name.toLowerCase() : prefix + name, problem }]);
}
