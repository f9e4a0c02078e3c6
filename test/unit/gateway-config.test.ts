import { describe, expect, test } from '@jest/globals';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { gatewayConfigs } from '../../src/cli/gateway-config/gateway-config.js';
import type { GatewayTarget } from '../../src/cli/gateway-config/gateway-target.js';
import type { Gateway } from '../../src/cli/gateway-config/gateways.js';

const URL = 'http://auth.internal:4001/graphql';
const JWKS_URL = 'http://auth.internal:4001/.well-known/jwks.json';

/** With a name that ends a text early wherever it is not quoted as the format has it. */
const FULL: GatewayTarget = {
  url: URL,
  tokens: { jwksUrl: JWKS_URL, issuer: `it's "us": #1`, audience: 'supergraph' },
  routerSecret: true,
  cookies: true,
};
const PLAIN: GatewayTarget = { url: URL, tokens: undefined, routerSecret: false, cookies: false };

function configOf(gateway: Gateway, target: GatewayTarget): string {
  return gatewayConfigs[gateway](target);
}

const AUTH_ONLY = ['cookie', 'origin', 'user-agent', 'x-forwarded-for', 'x-requested-with', 'apollo-require-preflight'];

describe('the configuration of Apollo Router', () => {
  const propagated = (names: string[]): object[] => names.map((named) => ({ propagate: { named } }));

  test('sends each subgraph its headers, shows our errors, and lets expired tokens through', () => {
    expect(parseYaml(configOf('apollo-router', FULL))).toEqual({
      override_subgraph_url: { auth: URL },
      headers: {
        all: { request: propagated(['authorization']) },
        subgraphs: {
          auth: {
            request: [...propagated(AUTH_ONLY), { insert: { name: 'x-router-secret', value: '${env.ROUTER_SECRET}' } }],
          },
        },
      },
      include_subgraph_errors: { all: false, subgraphs: { auth: true } },
      traffic_shaping: { subgraphs: { auth: { deduplicate_query: false } } },
      authentication: {
        router: {
          jwt: {
            jwks: [
              {
                url: JWKS_URL,
                issuers: [FULL.tokens?.issuer],
                audiences: ['supergraph'],
                algorithms: ['ES256', 'RS256', 'PS256'],
              },
            ],
            on_error: 'Continue',
          },
        },
      },
      rhai: { scripts: './rhai', main: 'main.rhai' },
    });
  });

  test('omits the parts that the service does not use', () => {
    const config = parseYaml(configOf('apollo-router', PLAIN)) as object;
    expect(Object.keys(config)).toEqual([
      'override_subgraph_url',
      'headers',
      'include_subgraph_errors',
      'traffic_shaping',
    ]);
    expect(configOf('apollo-router', PLAIN)).not.toContain('ROUTER_SECRET');
  });
});

describe('the configuration of Cosmo Router', () => {
  test('sends each subgraph its headers, forwards cookies, and shows errors unchanged', () => {
    const propagated = (names: string[]): object[] => names.map((named) => ({ op: 'propagate', named }));
    expect(parseYaml(configOf('cosmo', FULL))).toEqual({
      version: '1',
      overrides: { subgraphs: { auth: { routing_url: URL } } },
      headers: {
        all: { request: propagated(['authorization']) },
        subgraphs: {
          auth: {
            request: [...propagated(AUTH_ONLY), { op: 'set', name: 'x-router-secret', value: '${ROUTER_SECRET}' }],
            response: [{ op: 'propagate', named: 'set-cookie', algorithm: 'append' }],
          },
        },
      },
      subgraph_error_propagation: {
        mode: 'pass-through',
        allowed_extension_fields: ['code', 'reason', 'scopes', 'errorId', 'retryAfterSeconds'],
      },
    });
  });
});

describe('the configuration of Grafbase', () => {
  test('sends each subgraph its headers', () => {
    const forwarded = (names: string[]): object[] => names.map((name) => ({ rule: 'forward', name }));
    expect(parseToml(configOf('grafbase', FULL))).toEqual({
      headers: forwarded(['authorization']),
      subgraphs: {
        auth: {
          url: URL,
          schema_path: 'schema.graphql',
          headers: [
            ...forwarded(AUTH_ONLY.filter((name) => name !== 'origin')),
            { rule: 'insert', name: 'x-router-secret', value: '{{ env.ROUTER_SECRET }}' },
          ],
        },
      },
    });
  });
});

describe('the configuration of Hive Gateway', () => {
  const load = async (target: GatewayTarget): Promise<unknown> => {
    // What it imports is there when the gateway runs it, which other tests do.
    const source = configOf('hive', target).replace(
      /^import .*$/m,
      'const createRemoteJwksSigningKeyProvider = (o) => o;',
    );
    return ((await import(`data:text/javascript,${encodeURIComponent(source)}`)) as { gatewayConfig: unknown })
      .gatewayConfig;
  };

  test('verifies tokens if there are keys, and rejects no request', async () => {
    expect(await load(FULL)).toMatchObject({
      jwt: {
        signingKeyProviders: [{ jwksUri: JWKS_URL }, expect.any(Function)],
        tokenVerification: {
          algorithms: ['ES256', 'RS256', 'PS256'],
          issuer: FULL.tokens?.issuer,
          audience: 'supergraph',
        },
        reject: { missingToken: false, invalidToken: false },
      },
    });
    expect(await load(PLAIN)).not.toHaveProperty('jwt');
  });
});
