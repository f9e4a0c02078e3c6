import type { Server } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ServiceSettings } from '../../config/service-settings.js';
import { Draining } from '../../platform/http/draining.js';
import type { AuthSubgraph } from '../../subgraph.js';
import { addressOf, listen } from './listening.js';
import { createServer } from './server.js';

/** The server of user management, if it has its own. */
export interface AdminServer {
  readonly server: Server;
  /** Listens, and returns the URL. */
  listen(): Promise<string>;
  /** Fails the readiness check and keeps serving for that long. */
  drain(graceSeconds: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Creates the server of user management, not yet listening; `undefined` unless `ADMIN_SCHEMA` is `separate`.
 * @throws ConfigError ADMIN_HOST cannot be resolved
 */
export async function createAdminServer(
  auth: AuthSubgraph,
  { adminHost: host, adminPort: port, maxConnections, trustedHops }: ServiceSettings,
  logger: FastifyBaseLogger,
): Promise<AdminServer | undefined> {
  if (!auth.admin) return undefined;
  const { apolloOptions } = auth.admin;
  const place = { host, port, prefix: 'admin' } as const;
  const address = await addressOf(place);
  const draining = new Draining();
  const app: FastifyInstance = await createServer(auth, {
    ...{ apolloOptions, draining, logger, trustedHops },
    limits: { maxConnections },
  });
  return {
    server: app.server,
    async listen() {
      const url = await listen(app, address, place);
      logger.info({ url: `${url}/graphql` }, 'serving user management');
      return url;
    },
    drain: (graceSeconds) => draining.begin(graceSeconds),
    close: () => app.close(),
  };
}
