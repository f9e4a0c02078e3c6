import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PublicJwk } from '../kernel/asymmetric-key.js';

/** A server on this machine that publishes keys as the auth service does. */
export interface JwksServer {
  /** What a verifier takes as its `jwksUri`. */
  readonly uri: string;
  stop(): Promise<void>;
}

/** Publishes the keys that there are at the time of each request. @see RFC 7517 §5 */
export async function startJwksServer(publicKeys: () => readonly PublicJwk[]): Promise<JwksServer> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/jwk-set+json');
    response.end(JSON.stringify({ keys: publicKeys() }));
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
