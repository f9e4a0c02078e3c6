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

/** `router.yaml` for Apollo Router 2. */
export function apolloRouterConfig({ url, tokens, routerSecret, cookies }: GatewayTarget): string {
  const secret = `        - insert:
            name: ${quoted(ROUTER_SECRET_HEADER)}
            value: "\${env.${ROUTER_SECRET_VARIABLE}}"
`;
  return `# Compose with: ${COMPOSE}
# Run with: router --config router.yaml --supergraph supergraph.graphql
override_subgraph_url:
  ${SUBGRAPH}: ${quoted(url)}
headers:
  all:
    request:
${SHARED_HEADERS.map(propagate).join('')}  subgraphs:
    ${SUBGRAPH}:
      # Other subgraphs must not receive cookies that authenticate the user.
      request:
${AUTH_HEADERS.map((name) => indent(propagate(name))).join('')}${routerSecret ? secret : ''}# Otherwise clients see "Subgraph errors redacted" instead of UNAUTHENTICATED and its reason.
include_subgraph_errors:
  all: false
  subgraphs:
    ${SUBGRAPH}: true
traffic_shaping:
  subgraphs:
    ${SUBGRAPH}:
      # Requests of different users must not share a response.
      deduplicate_query: false
${tokens ? authentication(tokens) : ''}${cookies ? RHAI : ''}`;
}

function propagate(name: string): string {
  return `      - propagate:
          named: ${quoted(name)}
`;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

function authentication({ jwksUrl, issuer, audience }: TokenVerification): string {
  return `# Requires a GraphOS plan. This part is optional: the subgraphs verify every token themselves.
authentication:
  router:
    jwt:
      jwks:
        - url: ${quoted(jwksUrl)}
          issuers: ${quoted([issuer])}
          audiences: ${quoted([audience])}
          algorithms: ${quoted(ASYMMETRIC_ALGORITHMS)}
      # A client whose token has expired must still reach refresh and login.
      on_error: Continue
`;
}

/** Apollo Router cannot forward response headers by configuration; that takes a Rhai script. */
const RHAI = `# Forwards the cookies to the client. Save the script below as rhai/main.rhai.
rhai:
  scripts: ./rhai
  main: main.rhai
# fn subgraph_service(service, subgraph) {
#   if subgraph != "${SUBGRAPH}" { return; }
#   service.map_response(|response| {
#     if "set-cookie" in response.headers {
#       response.context["auth_cookies"] = response.headers.values("set-cookie");
#     }
#   });
# }
# fn supergraph_service(service) {
#   service.map_response(|response| {
#     let cookies = response.context["auth_cookies"];
#     if cookies != () { response.headers["set-cookie"] = cookies; }
#   });
# }
`;
