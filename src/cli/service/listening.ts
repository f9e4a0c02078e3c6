import { lookup } from 'node:dns/promises';
import type { FastifyInstance } from 'fastify';
import { ConfigError } from '../../platform/options/config-error.js';

/** Where a server listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** The setting that the host comes from. */
  readonly setting?: 'host' | 'adminHost';
}

/**
 * Resolves a host to a single address. For `localhost`, Fastify would open a second server, which draining misses.
 * @throws ConfigError the name cannot be resolved
 */
export async function addressOf(host: string, setting: Place['setting'] = 'host'): Promise<string> {
  try {
    return (await lookup(host, { order: 'ipv4first' })).address;
  } catch (error) {
    throw hostError(host, error as NodeJS.ErrnoException, setting);
  }
}

/**
 * Listens on an address and returns its URL.
 * @throws ConfigError the address does not belong to this machine
 */
export async function listen(
  app: FastifyInstance,
  address: string,
  { host, port, setting = 'host' }: Place,
): Promise<string> {
  try {
    return await app.listen({ host: address, port });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL'
      ? hostError(host, error as NodeJS.ErrnoException, setting)
      : error;
  }
}

function hostError(host: string, { code = '' }: NodeJS.ErrnoException, path = 'host'): ConfigError {
  const fix =
    'Shells and tools such as conda also set this variable. Set it to 127.0.0.1, or to 0.0.0.0 in a container';
  const problem = `is ${JSON.stringify(host)}, which is not an address of this machine (${code}). ${fix}`;
  return new ConfigError([{ path, problem }]);
}
