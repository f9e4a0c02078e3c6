import { ROUTER_SECRET_HEADER } from '../../platform/http/router-secret-header.js';
import {
  AUTH_HEADERS,
  quoted,
  ROUTER_SECRET_VARIABLE,
  SHARED_HEADERS,
  SUBGRAPH,
  type GatewayTarget,
} from './gateway-target.js';

/** `config.yaml` for the Cosmo Router. */
export function cosmoConfig({ url, routerSecret }: GatewayTarget): string {
  const secret = `        - op: "set"
          name: ${quoted(ROUTER_SECRET_HEADER)}
          value: "\${${ROUTER_SECRET_VARIABLE}}"
`;
  return `# Compose with: npx wgc router compose --input graph.yaml --out supergraph.json
# Run with: CONFIG_PATH=config.yaml EXECUTION_CONFIG_FILE_PATH=supergraph.json ./router
#
# Deliberately left out: token authentication. The gateway would respond with 401 to every request with an expired token,
# including refresh and login. The subgraphs verify the token themselves.
version: "1"
overrides:
  subgraphs:
    ${SUBGRAPH}:
      routing_url: ${quoted(url)}
headers:
  all:
    request:
${SHARED_HEADERS.map((name) => propagate(name, '      ')).join('')}  subgraphs:
    ${SUBGRAPH}:
      # Other subgraphs must not receive cookies that authenticate the user.
      request:
${AUTH_HEADERS.map((name) => propagate(name, '        ')).join('')}${routerSecret ? secret : ''}      response:
        - op: "propagate"
          named: "set-cookie"
          algorithm: "append"
subgraph_error_propagation:
  # Errors reach clients unchanged: a wrapped error would hide UNAUTHENTICATED and its reason.
  mode: "pass-through"
  allowed_extension_fields: ["code", "reason", "scopes", "errorId", "retryAfterSeconds"]
`;
}

function propagate(name: string, margin: string): string {
  return `${margin}- op: "propagate"
${margin}  named: ${quoted(name)}
`;
}
