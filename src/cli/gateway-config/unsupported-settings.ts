import type { Gateway } from './gateways.js';

/** Settings of the service that some gateways do not support. */
export interface GatewayRelevantSettings {
  readonly authDirectives: boolean;
  readonly refreshCookie: { readonly enabled: boolean };
  readonly lockout: { readonly deviceCookies: boolean };
}

/** What does not work behind this gateway with these settings, and how to fix it. */
export function unsupportedSettings(gateway: Gateway, settings: GatewayRelevantSettings): string[] {
  const problems: string[] = [];
  if (gateway === 'apollo-gateway' && settings.authDirectives)
    problems.push(
      'AUTH_DIRECTIVES is true. Apollo Gateway does not start with a supergraph that has these directives ' +
        '(UNSUPPORTED_LINKED_FEATURE): set it to false. The service checks access either way.',
    );
  if (gateway === 'grafbase' && settings.refreshCookie.enabled)
    problems.push(
      'REFRESH_COOKIE_ENABLED is true. Grafbase forwards neither Origin nor Set-Cookie, so users cannot sign in: set it to ' +
        'false, or use another gateway.',
    );
  if (gateway === 'grafbase' && settings.lockout.deviceCookies)
    problems.push(
      'LOCKOUT_DEVICE_COOKIES is true. Grafbase does not forward Set-Cookie, so browsers get no device cookie.',
    );
  return problems;
}
