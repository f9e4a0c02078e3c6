import type { ConfigProblem } from '../platform/options/config-error.js';
import type { ServiceSettings } from './service-settings.js';

interface Server {
  readonly option: 'port' | 'adminPort' | 'metricsPort';
  readonly variable: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
}

/** The hosts that listen on every address of the machine. */
export const EVERY_ADDRESS = ['0.0.0.0', '::'];

/** Finds servers that cannot listen on the same port. Invalid settings are skipped. */
export function portContradictions(settings: Partial<ServiceSettings>): ConfigProblem[] {
  return serversOf(settings).flatMap((server, index, servers) => {
    const other = servers.slice(0, index).find((earlier) => collide(server, earlier));
    if (other === undefined) return [];
    return [{ path: server.option, problem: `is the same as ${other.variable}; write another port` }];
  });
}

function serversOf(settings: Partial<ServiceSettings>): Server[] {
  const { admin, adminHost, adminPort, host, metricsHost, metricsPort, port } = settings;
  return [
    { option: 'port', variable: 'PORT', host, port },
    ...(admin?.schema === 'separate'
      ? [{ option: 'adminPort', variable: 'ADMIN_PORT', host: adminHost, port: adminPort } as const]
      : []),
    { option: 'metricsPort', variable: 'METRICS_PORT', host: metricsHost, port: metricsPort },
  ];
}

/** Port 0 stands for any free port. */
function collide(one: Server, other: Server): boolean {
  if (one.port === undefined || one.port === 0 || one.port !== other.port) return false;
  return one.host === other.host || [one.host, other.host].some((host) => EVERY_ADDRESS.includes(host ?? ''));
}
