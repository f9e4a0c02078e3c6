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
      # Cookies that sign in are no business of other subgraphs.
      request:
${AUTH_HEADERS.map((name) => indent(propagate(name))).join('')}${routerSecret ? secret : ''}# Without this clients read "Subgraph errors redacted" in place of UNAUTHENTICATED and its reason.
include_subgraph_errors:
  all: false
  subgraphs:
    ${SUBGRAPH}: true
traffic_shaping:
  subgraphs:
    ${SUBGRAPH}:
      # Two users who ask the same are two requests.
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
  return `# Needs a GraphOS plan. Without this part the subgraphs verify the token, which they do in any case.
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

/** The router passes on no header of an answer by configuration; a script of its own does. */
const RHAI = `# Passes the cookies on; save what stands below as rhai/main.rhai.
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
