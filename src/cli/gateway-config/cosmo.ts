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
# Not here, on purpose: authentication of tokens. The router answers 401 to a token that has expired even where none is
# required, and so to refresh and login. The subgraphs verify the token in any case.
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
      # Cookies that sign in are no business of other subgraphs.
      request:
${AUTH_HEADERS.map((name) => propagate(name, '        ')).join('')}${routerSecret ? secret : ''}      response:
        - op: "propagate"
          named: "set-cookie"
          algorithm: "append"
subgraph_error_propagation:
  # As the subgraph wrote them: a wrapped error hides UNAUTHENTICATED and its reason from clients.
  mode: "pass-through"
  allowed_extension_fields: ["code", "reason", "scopes", "errorId"]
`;
}

function propagate(name: string, margin: string): string {
  return `${margin}- op: "propagate"
${margin}  named: ${quoted(name)}
`;
}
