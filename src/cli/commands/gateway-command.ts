import type { ServiceSettings } from '../../config/service-settings.js';
import { gatewayConfigs } from '../gateway-config/gateway-config.js';
import type { GatewayTarget } from '../gateway-config/gateway-target.js';
import { ConfigError } from '../../platform/options/config-error.js';

/** The gateways that there is a configuration for. */
export const gatewayNames: readonly string[] = [...gatewayConfigs.keys()];

/**
 * The configuration of a gateway that stands before the service of these settings.
 * @throws ConfigError when nothing says where the gateway reaches the service
 */
export function gatewayConfiguration(gateway: string, settings: ServiceSettings, url?: string): string {
  const print = gatewayConfigs.get(gateway);
  if (!print) throw new ConfigError([{ path: gateway, problem: `is none of ${gatewayNames.join(', ')}` }]);
  return print(targetOf(settings, url ?? urlOf(settings)));
}

function targetOf({ jwt, lockout, refreshCookie, router }: ServiceSettings, url: string): GatewayTarget {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new ConfigError([{ path: '--url', problem: 'is not an address such as http://auth.internal:4001/graphql' }]);
  const { keys, keysFile, issuer, audience } = jwt;
  const jwksUrl = new URL('/.well-known/jwks.json', url).href;
  const tokens = keys === undefined && keysFile === undefined ? undefined : { jwksUrl, issuer, audience };
  const cookies = lockout.deviceCookies || refreshCookie.enabled;
  return { url, tokens, routerSecret: router.secret !== undefined, cookies };
}

function urlOf({ host, port }: ServiceSettings): string {
  if (port === 0) throw new ConfigError([{ path: 'port', problem: 'is 0, which says nothing; add --url' }]);
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${String(port)}/graphql`;
}
