import { GATEWAYS, type Gateway } from '../gateway-config/gateways.js';
import type { CliCommand } from './cli-command.js';

interface GatewayConfigInput {
  readonly gateway: Gateway;
  readonly url?: string;
}

export const gatewayConfigCommand: CliCommand = {
  name: 'gateway-config',
  summary: 'Print a gateway configuration for this service.',
  details:
    'It is derived from the environment variables of the service, so run it where they are set. Parts that were left out are ' +
    'listed on standard error. No secret is printed: the gateway reads ROUTER_SECRET from its own environment.',
  arguments: [{ name: 'gateway', description: 'the gateway to configure', choices: GATEWAYS }],
  options: [
    {
      name: 'url',
      value: 'url',
      description: 'the URL where the gateway reaches the service; derived from HOST and PORT by default',
      problemOf: (text) => (isHttpUrl(text) ? undefined : 'must be a URL such as http://auth.internal:4001/graphql'),
    },
  ],
  example: 'gateway-config hive --url http://auth.internal:4001/graphql',
  readsSettingsTo: 'print',
  logsTo: 'stderr',
  run: async ({ settings }, { gateway, url }: GatewayConfigInput, { warn }) => {
    const { gatewayConfigs } = await import('../gateway-config/gateway-config.js');
    const { omittedParts } = await import('../gateway-config/omitted-parts.js');
    const { unsupportedSettings } = await import('../gateway-config/unsupported-settings.js');
    const { gatewayTargetOf } = await import('./gateway-settings.js');
    const target = gatewayTargetOf(settings, url);
    const print = gatewayConfigs[gateway];
    if (url === undefined)
      warn(`Note: the address ${target.url} is derived from HOST and PORT; use --url to set a different one.`);
    for (const part of omittedParts(print, target)) warn(`Left out: ${part}.`);
    for (const problem of unsupportedSettings(gateway, settings)) warn(`Warning: ${problem}`);
    const config = print(target).trimEnd();
    return { text: config, json: { gateway, config } };
  },
};

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
