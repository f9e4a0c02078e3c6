import { ASYMMETRIC_ALGORITHMS } from '@auth-subgraph/verifier/internal';
import { ROUTER_SECRET_HEADER } from '../../platform/http/router-secret-header.js';
import {
  AUTH_HEADERS,
  COMPOSE,
  quoted,
  ROUTER_SECRET_VARIABLE,
  SHARED_HEADERS,
  SUBGRAPH,
  type GatewayTarget,
  type TokenVerification,
} from './gateway-target.js';

/** `gateway.config.mjs` for Hive Gateway 2: `hive-gateway supergraph supergraph.graphql -c gateway.config.mjs`. */
export function hiveConfig({ url, tokens, routerSecret }: GatewayTarget): string {
  return `// Compose with: ${COMPOSE}
// Run with: hive-gateway supergraph supergraph.graphql -c gateway.config.mjs
${tokens ? `import { createRemoteJwksSigningKeyProvider } from '@graphql-hive/gateway';\n` : ''}
const SHARED = ${quoted(SHARED_HEADERS)};
// Other subgraphs must not receive cookies that authenticate the user.
const AUTH_ONLY = ${quoted(AUTH_HEADERS)};

export const gatewayConfig = {
  transportEntries: { ${SUBGRAPH}: { location: ${quoted(url)} } },
  propagateHeaders: {
    fromClientToSubgraphs({ request, context, subgraphName }) {
      const pick = (names) => names.map((name) => [name, request.headers.get(name)]);
      if (subgraphName !== ${quoted(SUBGRAPH)}) return Object.fromEntries(pick(SHARED));
      // A client that has disconnected no longer has an address.
      const address = context.req?.socket.remoteAddress ?? 'unknown';
      const chain = [request.headers.get('x-forwarded-for'), address];
      return {
        ...Object.fromEntries(pick([...SHARED, ...AUTH_ONLY])),
        'x-forwarded-for': chain.filter(Boolean).join(', '),${
          routerSecret ? `\n        ${quoted(ROUTER_SECRET_HEADER)}: process.env.${ROUTER_SECRET_VARIABLE},` : ''
        }
      };
    },
    fromSubgraphsToClient({ response, subgraphName }) {
      // Must be a list: browsers cannot parse several cookies joined with commas.
      if (subgraphName === ${quoted(SUBGRAPH)}) return { 'set-cookie': response.headers.getSetCookie() };
    },
  },
${tokens ? jwt(tokens) : ''}};
`;
}

function jwt({ jwksUrl, issuer, audience }: TokenVerification): string {
  return `  jwt: {
    signingKeyProviders: [
      createRemoteJwksSigningKeyProvider({ jwksUri: ${quoted(jwksUrl)} }),
      // The plugin treats an unknown key as a gateway failure, so even a login that carries an old token would fail.
      // With this fallback key, which matches nothing, the token is merely invalid.
      () => 'no key',
    ],
    tokenVerification: {
      algorithms: ${quoted(ASYMMETRIC_ALGORITHMS)},
      issuer: ${quoted(issuer)},
      audience: ${quoted(audience)},
    },
    // A client with an expired token must still reach refresh and login.
    reject: { missingToken: false, invalidToken: false },
  },
`;
}
