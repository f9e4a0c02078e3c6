import { readFileSync } from 'node:fs';
import { parse, type DocumentNode } from 'graphql';
import { postsSchemaFile } from '../../../examples/supergraph/posts-subgraph.js';

/** The two schemas of the supergraph, as published. */
export const AUTH_SDL = readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8');
export const POSTS_SDL = readFileSync(postsSchemaFile, 'utf8');

export interface SubgraphSchema {
  readonly name: string;
  readonly url: string;
  readonly typeDefs: DocumentNode;
}

/** The input of a composer. The gateway configuration contains the actual URL of the auth subgraph. */
export function subgraphSchemas(postsUrl = 'http://posts.invalid', authSdl = AUTH_SDL): SubgraphSchema[] {
  return [
    { name: 'auth', url: 'http://auth.invalid/graphql', typeDefs: parse(authSdl) },
    { name: 'posts', url: postsUrl, typeDefs: parse(POSTS_SDL) },
  ];
}
