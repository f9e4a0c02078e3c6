import { composeServices } from '@apollo/composition';
import { ApolloGateway } from '@apollo/gateway';
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createTestApp } from '../support/test-app.js';

/** Starts Apollo Gateway on a supergraph of this subgraph alone. */
async function startApolloGateway(authDirectives: boolean): Promise<void> {
  const { auth } = await createTestApp({ authDirectives });
  const { supergraphSdl = '' } = composeServices([
    { name: 'auth', url: 'http://127.0.0.1:1/graphql', typeDefs: parse(auth.sdl) },
  ]);
  const gateway = new ApolloGateway({ supergraphSdl });
  await gateway.load();
  await gateway.stop();
}

test('Apollo Gateway does not start with auth directives in the schema, and starts without them', async () => {
  await startApolloGateway(false);
  await expect(startApolloGateway(true)).rejects.toThrow('specs.apollo.dev/authenticated');
});
