import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { readVersion } from '../version.js';
import { listenError } from './listening.js';

/** Serves the metrics of one service, on a port that only the monitoring should reach. */
export class MetricsServer {
  readonly registry = new Registry();
  private readonly server: Server;
  private keysFile: Gauge | undefined;

  constructor(
    private readonly settings: { readonly host: string; readonly port: number },
    private readonly logger: Logger,
  ) {
    collectDefaultMetrics({ register: this.registry });
    const build = new Gauge({
      name: 'auth_build_info',
      help: 'Always 1. The label is the version of the service.',
      labelNames: ['version'],
      registers: [this.registry],
    });
    build.set({ version: readVersion() }, 1);
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** Reports the readiness of the service, which also depends on whether it is stopping; `NaN` if it is unknown. */
  reportReadiness(isReady: () => Promise<boolean>): void {
    const { help } = this.registry.getSingleMetric('auth_ready') as unknown as { help: string };
    this.registry.removeSingleMetric('auth_ready');
    new Gauge({
      ...{ name: 'auth_ready', help, registers: [this.registry] },
      async collect() {
        this.set(await isReady().then(Number, () => Number.NaN));
      },
    });
  }

  /** Reports the connections of clients to the servers of the service, and those that exceed their limits. */
  reportConnections(servers: readonly Server[]): void {
    const registers = [this.registry];
    const counts = servers.map((server) => promisify(server.getConnections.bind(server)));
    new Gauge({
      ...{ name: 'auth_connections', help: 'Open connections of clients.', registers },
      async collect() {
        const open = await Promise.all(counts.map((count) => count()));
        this.set(open.reduce((sum, each) => sum + each, 0));
      },
    });
    const refused = new Counter({
      name: 'auth_connections_refused_total',
      help: 'Connections that were closed at once because there were too many.',
      registers,
    });
    for (const server of servers) server.on('drop', () => refused.inc());
  }

  /** Reports whether the keys in the file of JWT_KEYS_FILE are in use. */
  reportKeysFile(isInUse: boolean): void {
    this.keysFile ??= new Gauge({
      name: 'auth_keys_file_up',
      help: 'Whether the keys in the file are in use.',
      registers: [this.registry],
    });
    this.keysFile.set(isInUse ? 1 : 0);
  }

  /** @throws ConfigError the address does not belong to this machine, or the port is not available */
  async listen(): Promise<void> {
    this.server.listen(this.settings);
    await once(this.server, 'listening').catch((error: unknown) => {
      throw listenError({ ...this.settings, prefix: 'metrics' }, error as NodeJS.ErrnoException);
    });
    const { address, port } = this.server.address() as AddressInfo;
    this.logger.info({ address, port }, 'serving /metrics');
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    await promisify(this.server.close.bind(this.server))();
  }

  private async answer({ method = '', url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url.split('?', 1)[0] !== '/metrics') response.writeHead(404).end();
    else if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { allow: 'GET, HEAD' }).end();
    else {
      const text = await this.registry.metrics();
      response.writeHead(200, { 'content-type': this.registry.contentType, 'cache-control': 'no-store' }).end(text);
    }
  }
}
