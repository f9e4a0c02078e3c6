import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PublicJwk } from '../tokens/asymmetric-key.js';

/** A server on this machine that publishes keys and revocations as the auth service does. */
export interface JwksServer {
  /** What a verifier takes as its `jwksUri`. */
  readonly uri: string;
  stop(): Promise<void>;
}

/** What is published, as it is at the time of each request. */
export interface Publications {
  /** @see RFC 7517 §5 */
  readonly jwks: () => { readonly keys: readonly PublicJwk[] };
  /** The answer of the revocation feed, whatever was asked for as `since`. */
  readonly revocations: () => object;
}

/** Publishes keys and revocations where a verifier looks for them. */
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
