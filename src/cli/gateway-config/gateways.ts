/** The gateways that there is a configuration for. */
export const GATEWAYS = ['apollo-gateway', 'apollo-router', 'cosmo', 'grafbase', 'hive'] as const;

export type Gateway = (typeof GATEWAYS)[number];
