import { gatewayConfigs } from '../src/cli/gateway-config/gateway-config.js';
import type { GatewayTarget } from '../src/cli/gateway-config/gateway-target.js';

/** The service in the documentation: its configurations contain every part. */
const SHOWN: GatewayTarget = {
  url: 'http://auth.internal:4001/graphql',
  tokens: {
    jwksUrl: 'http://auth.internal:4001/.well-known/jwks.json',
    issuer: 'auth-subgraph',
    audience: 'supergraph',
  },
  routerSecret: true,
  cookies: true,
};

/** Replaces every marked gateway configuration in the text. */
export function withGatewayConfigs(text: string): string {
  return Object.entries(gatewayConfigs).reduce((result, [name, print]) => {
    const marks = new RegExp(
      `(<!-- generated: gateway-config ${name} -->)[\\s\\S]*?\`\`\`(\\w+)[\\s\\S]*?(<!-- end: gateway-config ${name} -->)`,
    );
    return result.replace(marks, (_match, start: string, language: string, end: string) =>
      [start, '', '<!-- prettier-ignore -->', `\`\`\`${language}\n${print(SHOWN)}\`\`\``, '', end].join('\n'),
    );
  }, text);
}
