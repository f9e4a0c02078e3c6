import { readFile } from 'node:fs/promises';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { postsSchemaFile } from './posts-subgraph.js';

const authSchemaFile = new URL('../../schema.graphql', import.meta.url);

/**
 * Composes the published schemas of the two subgraphs into a supergraph schema.
 * @throws Error naming what does not fit together
 */
export async function composeSupergraph(urls: { readonly auth: string; readonly posts: string }): Promise<string> {
  const composed = composeServices([
    { name: 'auth', url: urls.auth, typeDefs: parse(await readFile(authSchemaFile, 'utf8')) },
    { name: 'posts', url: urls.posts, typeDefs: parse(await readFile(postsSchemaFile, 'utf8')) },
  ]);
  if (composed.errors) throw new Error(composed.errors.map(({ message }) => message).join('\n'));
  return composed.supergraphSdl;
}
