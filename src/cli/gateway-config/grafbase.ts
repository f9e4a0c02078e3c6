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

/** The gateway never forwards `origin` under its own name, whatever the rules say. */
const FORWARDED = AUTH_HEADERS.filter((name) => name !== 'origin');

/** `grafbase.toml` for the Grafbase Gateway. */
export function grafbaseConfig({ url, routerSecret }: GatewayTarget): string {
  const secret = `
[[subgraphs.${SUBGRAPH}.headers]]
rule = "insert"
name = ${quoted(ROUTER_SECRET_HEADER)}
value = "{{ env.${ROUTER_SECRET_VARIABLE} }}"
`;
  return `# Compose with: ${COMPOSE}
# Run with: grafbase-gateway --config grafbase.toml --schema supergraph.graphql
#
# Deliberately left out:
# - Token authentication. The gateway would reject every request with an expired token, including refresh and login.
# - Set-Cookie. The gateway does not forward response headers; cookies need an extension with a response hook.
# - Origin. The gateway does not forward it, so cookie mode (REFRESH_COOKIE_ENABLED) does not work behind it.
${SHARED_HEADERS.map((name) => forward('headers', name)).join('')}
[subgraphs.${SUBGRAPH}]
url = ${quoted(url)}
# For \`grafbase dev\`, which composes the supergraph itself.
schema_path = "schema.graphql"
${FORWARDED.map((name) => forward(`subgraphs.${SUBGRAPH}.headers`, name)).join('')}${routerSecret ? secret : ''}`;
}

function forward(table: string, name: string): string {
  return `
[[${table}]]
rule = "forward"
name = ${quoted(name)}
`;
}
