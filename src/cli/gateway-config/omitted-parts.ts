import type { GatewayConfigPrinter } from './gateway-config.js';
import { ROUTER_SECRET_VARIABLE, type GatewayTarget } from './gateway-target.js';

interface Part {
  readonly isOmitted: (target: GatewayTarget) => boolean;
  readonly added: Partial<GatewayTarget>;
  readonly note: string;
}

const PARTS: readonly Part[] = [
  {
    isOmitted: ({ routerSecret }) => !routerSecret,
    added: { routerSecret: true },
    note: `the header x-router-secret; set ${ROUTER_SECRET_VARIABLE} if the service has it`,
  },
  {
    isOmitted: ({ tokens }) => tokens === undefined,
    added: { tokens: { jwksUrl: 'http://localhost/.well-known/jwks.json', issuer: '', audience: '' } },
    note: 'the verification of access tokens; set JWT_KEYS_FILE or JWT_KEYS if the service has keys',
  },
  {
    isOmitted: ({ cookies }) => !cookies,
    added: { cookies: true },
    note: 'forwarding cookies to clients; set REFRESH_COOKIE_ENABLED or LOCKOUT_DEVICE_COOKIES if the service sets them',
  },
];

/** The parts that this gateway supports but this configuration lacks, and the variable that adds each. */
export function omittedParts(print: GatewayConfigPrinter, target: GatewayTarget): string[] {
  return PARTS.filter(({ isOmitted }) => isOmitted(target))
    .filter(({ added }) => print({ ...target, ...added }) !== print(target))
    .map(({ note }) => note);
}
