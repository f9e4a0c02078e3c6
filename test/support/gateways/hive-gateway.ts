import { fileURLToPath } from 'node:url';
import { composeServices } from '@theguild/federation-composition';
import { hiveConfig } from '../../../src/cli/gateway-config/hive.js';
import { runGateway, type Gateway, type Supergraph } from './gateway-process.js';
import { subgraphSchemas } from './subgraph-schemas.js';

const HIVE = fileURLToPath(import.meta.resolve('@graphql-hive/gateway')).replace(/index\.js$/, 'bin.js');

/** Runs `hive-gateway supergraph` with the output of `auth-subgraph gateway-config hive`. */
export async function startHiveGateway({ auth, authSdl, postsUrl, env }: Supergraph, more = ''): Promise<Gateway> {
  return runGateway({
    files: {
      'auth.config.mjs': hiveConfig(auth),
      'gateway.config.mjs': `export { gatewayConfig } from './auth.config.mjs';`,
      ...(more && { 'gateway.config.mjs': more }),
      'supergraph.graphql': composeServices(subgraphSchemas(postsUrl, authSdl)).supergraphSdl ?? '',
    },
    command: (port) => [
      process.execPath,
      ...[HIVE, 'supergraph', 'supergraph.graphql', '-c', 'gateway.config.mjs'],
      ...['--host', '127.0.0.1', '--port', String(port)],
    ],
    env,
  });
}
