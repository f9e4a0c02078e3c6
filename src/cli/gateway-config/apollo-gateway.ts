import { ROUTER_SECRET_HEADER } from '../../platform/http/router-secret-header.js';
import {
  AUTH_HEADERS,
  COMPOSE,
  quoted,
  ROUTER_SECRET_VARIABLE,
  SHARED_HEADERS,
  SUBGRAPH,
  type GatewayTarget,
} from './gateway-target.js';

/** `gateway.mjs`, a program for @apollo/gateway 2 in Apollo Server 5: `node gateway.mjs`. */
export function apolloGatewayConfig({ url, routerSecret }: GatewayTarget): string {
  return `// Compose with: ${COMPOSE}
// Run with: node gateway.mjs, after npm install @apollo/server@5 @apollo/gateway@2 graphql@16
import { readFileSync } from 'node:fs';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { GraphQLError } from 'graphql';

const SHARED = ${quoted(SHARED_HEADERS)};
// Other subgraphs must not receive cookies that authenticate the user.
const AUTH_ONLY = ${quoted(AUTH_HEADERS)};

${dataSources(routerSecret)}
const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(process.env.SUPERGRAPH ?? 'supergraph.graphql', 'utf8'),
  buildService: ({ name, url }) =>
    name === ${quoted(SUBGRAPH)} ? new AuthSubgraph({ url: ${quoted(url)} }) : new Subgraph({ url }),
});
const { url } = await startStandaloneServer(new ApolloServer({ gateway }), {
  listen: { host: process.env.HOST ?? '127.0.0.1', port: Number(process.env.PORT ?? 4000) },
  context: async ({ req, res }) => ({ req, res }),
});
console.log(\`The gateway is listening on \${url}\`);
`;
}

function dataSources(routerSecret: boolean): string {
  const secret = `
    headers.set(${quoted(ROUTER_SECRET_HEADER)}, process.env.${ROUTER_SECRET_VARIABLE});`;
  return `class Subgraph extends RemoteGraphQLDataSource {
  // Node.js's fetch keeps cookies separate; the gateway's own fetch joins them.
  fetcher = fetch;

  willSendRequest({ request, context: { req } }) {
    // Requests that the gateway itself makes, such as health checks, have no client request.
    if (req) this.addHeaders(request.http.headers, req);
  }

  addHeaders(headers, req) {
    for (const name of SHARED) if (req.headers[name]) headers.set(name, req.headers[name]);
  }

  // If the status is not 200, the gateway creates an error that contains the URL of the subgraph.
  async errorFromResponse(response) {
    const { message, extensions } = await super.errorFromResponse(response);
    const error = extensions.response.body?.errors?.[0];
    return new GraphQLError(error?.message ?? message, { extensions: error?.extensions });
  }
}

class AuthSubgraph extends Subgraph {
  addHeaders(headers, req) {
    super.addHeaders(headers, req);
    for (const name of AUTH_ONLY) if (req.headers[name]) headers.set(name, req.headers[name]);
    // A client that has disconnected no longer has an address.
    const chain = [req.headers['x-forwarded-for'], req.socket.remoteAddress ?? 'unknown'];
    headers.set('x-forwarded-for', chain.filter(Boolean).join(', '));${routerSecret ? secret : ''}
  }

  didReceiveResponse({ response, context: { res } }) {
    for (const cookie of response.http.headers.getSetCookie()) res?.appendHeader('set-cookie', cookie);
    return response;
  }
}
`;
}
