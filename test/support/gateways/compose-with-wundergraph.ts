import { federateSubgraphs } from '@wundergraph/composition';
import { print, type DocumentNode } from 'graphql';

interface Subgraph {
  readonly name: string;
  readonly url: string;
  readonly typeDefs: DocumentNode;
}

/** Composes with the library of WunderGraph Cosmo, in the form of the other composers. */
export function composeWithWundergraph(subgraphs: readonly Subgraph[]): { errors?: unknown; supergraphSdl?: string } {
  const result = federateSubgraphs({
    subgraphs: subgraphs.map(({ typeDefs, ...rest }) => ({ ...rest, definitions: typeDefs })),
  });
  return result.success ? { supergraphSdl: print(result.federatedGraphAST) } : { errors: result.errors };
}
