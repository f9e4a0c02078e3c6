import { setTimeout as delay } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { ServiceSettings } from '../../config/service-settings.js';
import type { Report } from '../../platform/commands/command.js';
import { flushSpans } from '../../core/observability/opentelemetry-tracing.js';
import { Draining } from '../../platform/http/draining.js';
import { freeStartupMemory, limitHeapGrowth } from '../../platform/load/memory.js';
import { lowerWorkerPriority } from '../../platform/load/worker-priority.js';
import { framesOf } from '../../platform/logger.js';
import type { AuthSubgraph } from '../../subgraph.js';
import { PAGES_FOLDER } from '../pages-folder.js';
import { createAdminServer, type AdminServer } from './admin-server.js';
import { prepareBrowserRoutes } from './browser-routes.js';
import { withSettings } from './embedded-database.js';
import { followKeysFile } from './keys-file.js';
import type { MetricsServer } from './metrics-server.js';
import { openService, type OpenService } from './open-service.js';
import { createServer } from './server.js';
import { startReport, type StartNote } from './startup-message.js';
import { onStopSignals, STOP_SIGNALS } from './stop-signals.js';
import { addressOf, listen } from './listening.js';

/** Longer than closing the HTTP server, the jobs and the database can take once draining is over. */
const SHUTDOWN_MS = 25_000;
/** Load balancers that watch the readiness check stop sending requests within this time. */
const PRODUCTION_DRAIN_SECONDS = 5;

/** What else happens when the service starts and stops. */
export interface ServiceHooks {
  /** Called before events are delivered. Returns what to show once the service is up. */
  readonly prepare?: (auth: AuthSubgraph) => Promise<StartNote>;
  /** Called when everything is closed, with the folder of the embedded database. */
  readonly closed?: (databaseFolder: string | undefined) => Promise<void>;
}

/**
 * Runs the service until it is told to stop. It then finishes the requests in progress and stops the embedded database
 * last.
 * @param report shows something to whoever started the service
 * @throws DatabaseSetupError the embedded database cannot start, or has stopped for good
 */
export async function serve(
  settings: ServiceSettings,
  logger: Logger,
  report: Report,
  hooks: ServiceHooks = {},
): Promise<void> {
  const host = await addressOf(settings);
  const metrics = await createMetricsServer(settings, logger);
  const { add, pages } = await prepareBrowserRoutes(settings, PAGES_FOLDER, logger);
  const announceEmail = (text: string): void => report({ text, json: { message: text } });
  const service = await openService(settings, logger, { announceEmail, metrics: metrics?.registry });
  const { auth, postgres } = service;
  const draining = new Draining();
  metrics?.reportReadiness(async () => !draining.begun && (await auth.isReady()));
  const { maxConnections, trustedHops } = settings;
  const addRoutes = (server: FastifyInstance): void => add(server, auth.config);
  const app = await createServer(auth, { trustedHops, logger, draining, limits: { maxConnections }, addRoutes });
  const admin = await createAdminServer(auth, settings, logger);
  metrics?.reportConnections(admin ? [app.server, admin.server] : [app.server]);
  tuneProcess(draining);
  const unfollow = followKeysFile(auth, settings.jwt.keysFile, logger, (isInUse) => metrics?.reportKeysFile(isInUse));
  const close = (): Promise<void> => closeAll({ app, admin, metrics, service, hooks, unfollow });
  closeOnSignal({ app, admin, draining, graceSeconds: drainSecondsOf(settings), logger, close });
  try {
    // A service that cannot listen must not have delivered anything.
    const addresses = { address: await listen(app, host, settings), adminAddress: await admin?.listen() };
    await metrics?.listen();
    const note = await hooks.prepare?.(auth);
    await auth.start();
    report(startReport({ ...addresses, databaseFolder: postgres?.folder, pages, config: auth.config }, note));
  } catch (error) {
    await close();
    throw error;
  }
  if (postgres === undefined) return;
  const failure = await postgres.failure;
  await Promise.race([close(), delay(SHUTDOWN_MS)]);
  throw withSettings(failure);
}

function tuneProcess(draining: Draining): void {
  lowerWorkerPriority();
  limitHeapGrowth();
  freeStartupMemory(() => draining.isIdle);
}

interface Running {
  readonly app: FastifyInstance;
  readonly admin: AdminServer | undefined;
  readonly metrics: MetricsServer | undefined;
  readonly service: OpenService;
  readonly hooks: ServiceHooks;
  /** Ends the watch over the file of the keys. */
  readonly unfollow: () => void;
}

async function closeAll({ admin, app, hooks, metrics, service, unfollow }: Running): Promise<void> {
  unfollow();
  try {
    await Promise.all([app.close(), admin?.close()]);
    await metrics?.close();
  } finally {
    try {
      await service.close();
      await hooks.closed?.(service.postgres?.folder);
    } finally {
      await flushSpans();
    }
  }
}

async function createMetricsServer(
  { metricsHost: host, metricsPort: port }: ServiceSettings,
  logger: Logger,
): Promise<MetricsServer | undefined> {
  if (port === undefined) return undefined;
  const { MetricsServer: Metrics } = await import('./metrics-server.js');
  return new Metrics({ host, port }, logger);
}

interface Closing {
  readonly app: FastifyInstance;
  readonly admin: AdminServer | undefined;
  readonly draining: Draining;
  readonly graceSeconds: number;
  readonly logger: Logger;
  readonly close: () => Promise<void>;
}

function closeOnSignal({ app, admin, draining, graceSeconds, logger, close }: Closing): void {
  let isStopping = false;
  const options = { logger, delay: graceSeconds * 1000 + SHUTDOWN_MS, skip: [...STOP_SIGNALS] };
  const { close: stop } = closeWithGrace(options, async ({ err, signal, manual }) => {
    isStopping = true;
    if (err) logger.error({ error: err.name, frames: framesOf(err) }, 'stopping after an error');
    else if (!manual) logger.info({ signal }, 'stopping');
    if (!err && app.server.listening) await Promise.all([draining.begin(graceSeconds), admin?.drain(graceSeconds)]);
    await close();
  });
  const endAtOnce = (signal: NodeJS.Signals): never => {
    logger.error(`second ${signal}, exiting`);
    // eslint-disable-next-line no-restricted-properties -- whoever sends a second signal does not want to wait for the end
    process.exit(1);
  };
  onStopSignals((signal) => {
    if (isStopping) endAtOnce(signal);
    logger.info({ signal }, 'stopping');
    stop();
  }, endAtOnce);
}

/** In development, Ctrl-C should be quick. */
function drainSecondsOf({ drainSeconds, environment }: ServiceSettings): number {
  return drainSeconds ?? (environment === 'production' ? PRODUCTION_DRAIN_SECONDS : 0);
}
