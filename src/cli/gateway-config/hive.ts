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
// Cookies that sign in are no business of other subgraphs.
const AUTH_ONLY = ${quoted(AUTH_HEADERS)};

export const gatewayConfig = {
  transportEntries: { ${SUBGRAPH}: { location: ${quoted(url)} } },
  propagateHeaders: {
    fromClientToSubgraphs({ request, context, subgraphName }) {
      const pick = (names) => names.map((name) => [name, request.headers.get(name)]);
      if (subgraphName !== ${quoted(SUBGRAPH)}) return Object.fromEntries(pick(SHARED));
      const chain = [request.headers.get('x-forwarded-for'), context.req?.socket.remoteAddress];
      return {
        ...Object.fromEntries(pick([...SHARED, ...AUTH_ONLY])),
        'x-forwarded-for': chain.filter(Boolean).join(', '),${
          routerSecret ? `\n        ${quoted(ROUTER_SECRET_HEADER)}: process.env.${ROUTER_SECRET_VARIABLE},` : ''
        }
      };
    },
    fromSubgraphsToClient({ response, subgraphName }) {
      // As a list: joined with commas, several cookies are one that no browser reads.
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
      // To the plugin a key that is not found is a failure of the gateway, and even a sign-in would fail with an old
      // token beside it. With a key that fits nothing such a token is an invalid one.
      () => 'no key',
    ],
    tokenVerification: {
      algorithms: ${quoted(ASYMMETRIC_ALGORITHMS)},
      issuer: ${quoted(issuer)},
      audience: ${quoted(audience)},
    },
    // A client whose token has expired must still reach refresh and login.
    reject: { missingToken: false, invalidToken: false },
  },
`;
}
