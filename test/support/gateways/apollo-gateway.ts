import { composeServices } from '@apollo/composition';
import { apolloGatewayConfig } from '../../../src/cli/gateway-config/apollo-gateway.js';
import { runGateway, type Gateway, type Supergraph } from './gateway-process.js';
import { subgraphSchemas } from './subgraph-schemas.js';

/** Runs the program that `auth-subgraph gateway-config apollo-gateway` prints. */
export async function startApolloGateway({ auth, postsUrl, env }: Supergraph): Promise<Gateway> {
  return runGateway({
    files: {
      'gateway.mjs': apolloGatewayConfig(auth),
      'supergraph.graphql': composeServices(subgraphSchemas(postsUrl)).supergraphSdl ?? '',
    },
    command: () => [process.execPath, 'gateway.mjs'],
    env,
  });
}
