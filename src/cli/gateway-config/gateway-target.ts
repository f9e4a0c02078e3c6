/** What a gateway needs to know about the service. */
export interface GatewayTarget {
  /** The URL where the gateway reaches the subgraph, such as `http://127.0.0.1:4001/graphql`. */
  readonly url: string;
  /** How to verify access tokens; undefined if they are signed with a shared secret. */
  readonly tokens: TokenVerification | undefined;
  /** Whether the service requires the header x-router-secret. The secret itself is never part of a configuration. */
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

/** Composes the supergraph schema for gateways that read it from a file. `supergraph.yaml` lists the subgraphs. */
export const COMPOSE = 'rover supergraph compose --config supergraph.yaml --output supergraph.graphql';

/** The environment variable of the gateway that holds the router secret. */
export const ROUTER_SECRET_VARIABLE = 'ROUTER_SECRET';

/** Headers for every subgraph, since each may authenticate the caller. */
export const SHARED_HEADERS = ['authorization'] as const;

/** Headers for this subgraph only: other subgraphs must not receive cookies that authenticate the user. */
export const AUTH_HEADERS = [
  'cookie',
  'origin',
  'user-agent',
  'x-forwarded-for',
  'x-requested-with',
  'apollo-require-preflight',
] as const;

/** Quotes a value for YAML, TOML and JavaScript alike: a JSON string is valid in all three. */
export function quoted(value: string | readonly string[]): string {
  return typeof value === 'string' ? JSON.stringify(value) : `[${value.map((item) => quoted(item)).join(', ')}]`;
}
