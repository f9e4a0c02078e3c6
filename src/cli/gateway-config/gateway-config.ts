import { apolloGatewayConfig } from './apollo-gateway.js';
import { apolloRouterConfig } from './apollo-router.js';
import { cosmoConfig } from './cosmo.js';
import type { GatewayTarget } from './gateway-target.js';
import { grafbaseConfig } from './grafbase.js';
import { hiveConfig } from './hive.js';

/** The configuration of each gateway, by the name that the command line knows it by. */
export const gatewayConfigs: ReadonlyMap<string, (target: GatewayTarget) => string> = new Map([
  ['apollo-gateway', apolloGatewayConfig],
  ['apollo-router', apolloRouterConfig],
  ['cosmo', cosmoConfig],
  ['grafbase', grafbaseConfig],
  ['hive', hiveConfig],
]);
