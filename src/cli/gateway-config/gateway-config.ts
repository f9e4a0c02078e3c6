import { apolloGatewayConfig } from './apollo-gateway.js';
import { apolloRouterConfig } from './apollo-router.js';
import { cosmoConfig } from './cosmo.js';
import type { GatewayTarget } from './gateway-target.js';
import type { Gateway } from './gateways.js';
import { grafbaseConfig } from './grafbase.js';
import { hiveConfig } from './hive.js';

export type GatewayConfigPrinter = (target: GatewayTarget) => string;

/** Generates the configuration of a gateway. */
export const gatewayConfigs: Readonly<Record<Gateway, GatewayConfigPrinter>> = {
  'apollo-gateway': apolloGatewayConfig,
  'apollo-router': apolloRouterConfig,
  cosmo: cosmoConfig,
  grafbase: grafbaseConfig,
  hive: hiveConfig,
};
