/** What a gateway has to know of the service in order to stand before it. */
export interface GatewayTarget {
  /** Where the gateway reaches the subgraph, such as `http://127.0.0.1:4001/graphql`. */
  readonly url: string;
  /** What access tokens are verified against; undefined while they are signed with a shared secret. */
  readonly tokens: TokenVerification | undefined;
  /** Whether the service asks for the header x-router-secret. The secret itself is never part of a configuration. */
  readonly routerSecret: boolean;
  /** Whether the service sets cookies. */
  readonly cookies: boolean;
}

export interface TokenVerification {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
}

/** The name of this subgraph in the supergraph. */
export const SUBGRAPH = 'auth';

/** Makes the schema of the supergraph for gateways that read it from a file. `supergraph.yaml` lists the subgraphs. */
export const COMPOSE = 'rover supergraph compose --config supergraph.yaml --output supergraph.graphql';

/** The gateway's variable that holds what it proves itself with. */
export const ROUTER_SECRET_VARIABLE = 'ROUTER_SECRET';

/** Every subgraph may ask who calls. */
export const SHARED_HEADERS = ['authorization'] as const;

/** What this subgraph alone is sent: cookies that sign in are no neighbour's business. */
export const AUTH_HEADERS = [
  'cookie',
  'origin',
  'user-agent',
  'x-forwarded-for',
  'x-requested-with',
  'apollo-require-preflight',
] as const;

/** A value as it is written in YAML, in TOML and in JavaScript: a JSON string is a string in all three. */
export function quoted(value: string | readonly string[]): string {
  return typeof value === 'string' ? JSON.stringify(value) : `[${value.map((item) => quoted(item)).join(', ')}]`;
}
