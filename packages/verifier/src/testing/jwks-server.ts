import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PublicJwk } from '../tokens/asymmetric-key.js';

/** A local server that publishes keys and revocations like the auth service. */
export interface JwksServer {
  /** The `jwksUri` for a verifier. */
  readonly uri: string;
  stop(): Promise<void>;
}

/** The published documents, as of each request. */
export interface Publications {
  /** @see RFC 7517 §5 */
  readonly jwks: () => { readonly keys: readonly PublicJwk[] };
  /** The response of the revocation feed, whatever the `since` parameter. */
  readonly revocations: () => object;
}

/** Publishes keys and revocations at the URLs where a verifier looks for them. */
export async function startJwksServer({ jwks, revocations }: Publications): Promise<JwksServer> {
  const server = createServer(({ url = '/' }, response) => {
    const isFeed = url.startsWith('/revocations');
    response.setHeader('content-type', isFeed ? 'application/json' : 'application/jwk-set+json');
    response.end(JSON.stringify(isFeed ? revocations() : jwks()));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    uri: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/.well-known/jwks.json`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
