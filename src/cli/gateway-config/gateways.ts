/** The supported gateways. */
export const GATEWAYS = ['apollo-gateway', 'apollo-router', 'cosmo', 'grafbase', 'hive'] as const;

export type Gateway = (typeof GATEWAYS)[number];
