import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';

/** Limits on the time and the connections that clients may use. */
export interface ConnectionLimits {
  /** The time for the request line and headers. */
  readonly headMs: number;
  /** The time for a whole request. */
  readonly requestMs: number;
  /** How long a client may read nothing of its response. */
  readonly stallMs: number;
  /** How often the first two are checked. */
  readonly checkMs: number;
  readonly maxConnections: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  headMs: 10_000,
  requestMs: 30_000,
  stallMs: 60_000,
  checkMs: 1_000,
  maxConnections: 10_000,
};

/** Of the request line and headers together. */
const MAX_HEAD_BYTES = 16 * 1024;
/** Longer than load balancers keep idle connections, so that none sends a request on a connection that is being closed. */
const KEEP_ALIVE_MS = 72_000;
const REPORT_INTERVAL_MS = 60_000;

/** The limits as options of Fastify. */
export function serverLimits({ headMs, requestMs, stallMs, checkMs }: ConnectionLimits): {
  requestTimeout: number;
  connectionTimeout: number;
  keepAliveTimeout: number;
  http: { headersTimeout: number; connectionsCheckingInterval: number; maxHeaderSize: number };
} {
  return {
    requestTimeout: requestMs,
    connectionTimeout: stallMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: headMs, connectionsCheckingInterval: checkMs, maxHeaderSize: MAX_HEAD_BYTES },
  };
}

/** Closes connections beyond the limit at once, and logs this at most once a minute. */
export function limitConnections(app: FastifyInstance, maxConnections: number): void {
  const server: Server = app.server;
  server.maxConnections = maxConnections;
  server.on('drop', reporter(app.log, maxConnections));
}

/**
 * Keeps the address of each client for as long as its connection object lives. Node.js reports it only while the connection
 * is open unless it was read before, and calls without an address are not counted. A client that has already gone is
 * disconnected.
 */
export function keepAddresses(server: Server): void {
  server.on('connection', (socket: Socket) => {
    if (socket.remoteAddress === undefined) socket.destroy();
  });
}

function reporter(log: FastifyBaseLogger, maxConnections: number): () => void {
  let reportedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - reportedAt < REPORT_INTERVAL_MS) return;
    reportedAt = performance.now();
    log.warn({ maxConnections }, 'there are too many connections');
  };
}
