import { EVERY_ADDRESS } from '../../config/port-rules.js';
import type { ServiceSettings } from '../../config/service-settings.js';
import type { GatewayTarget } from '../gateway-config/gateway-target.js';
import { ConfigError } from '../../platform/options/config-error.js';

/**
 * What a gateway needs to know about a service with these settings.
 * @throws ConfigError the URL where the gateway reaches the service is unknown
 */
export function gatewayTargetOf(settings: ServiceSettings, url = urlOf(settings)): GatewayTarget {
  const { jwt, lockout, refreshCookie, router } = settings;
  const { keys, keysFile, issuer, audience } = jwt;
  const jwksUrl = new URL('/.well-known/jwks.json', url).href;
  const tokens = keys === undefined && keysFile === undefined ? undefined : { jwksUrl, issuer, audience };
  const cookies = lockout.deviceCookies || refreshCookie.enabled;
  return { url, tokens, routerSecret: router.secret !== undefined, cookies };
}

function urlOf({ host, port }: ServiceSettings): string {
  if (port === 0) throw new ConfigError([{ path: 'port', problem: 'is 0, so the port is unknown; add --url' }]);
  const name = EVERY_ADDRESS.includes(host) ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${String(port)}/graphql`;
}
