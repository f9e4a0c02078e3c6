import { GATEWAYS, type Gateway } from '../gateway-config/gateways.js';
import type { CliCommand } from './cli-command.js';

interface GatewayConfigInput {
  readonly gateway: Gateway;
  readonly url?: string;
}

export const gatewayConfigCommand: CliCommand = {
  name: 'gateway-config',
  summary: 'Print the configuration of a gateway for this service.',
  details:
    'It follows from the variables of the service, so run it where they are set. What had to be left out is listed on ' +
    'standard error. No secret is printed: the gateway reads its own ROUTER_SECRET.',
  arguments: [{ name: 'gateway', description: 'the gateway to configure', choices: GATEWAYS }],
  options: [
    {
      name: 'url',
      value: 'url',
      description: 'where the gateway reaches the service; HOST and PORT say it otherwise',
      problemOf: (text) => (isHttpUrl(text) ? undefined : 'must be a URL such as http://auth.internal:4001/graphql'),
    },
  ],
  example: 'gateway-config hive --url http://auth.internal:4001/graphql',
  readsSettingsTo: 'print',
  logsTo: 'stderr',
  run: async ({ settings, warn }, { gateway, url }: GatewayConfigInput) => {
    const { gatewayConfigs } = await import('../gateway-config/gateway-config.js');
    const { omittedParts } = await import('../gateway-config/omitted-parts.js');
    const { unsupportedSettings } = await import('../gateway-config/unsupported-settings.js');
    const { gatewayTargetOf } = await import('./gateway-settings.js');
    const target = gatewayTargetOf(settings, url);
    const print = gatewayConfigs[gateway];
    if (url === undefined) warn(`Note: the address ${target.url} follows from HOST and PORT; --url sets another one.`);
    for (const part of omittedParts(print, target)) warn(`Left out: ${part}.`);
    for (const problem of unsupportedSettings(gateway, settings)) warn(`Warning: ${problem}`);
    return print(target).trimEnd();
  },
};

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
