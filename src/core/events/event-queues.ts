import type { QueueSettings } from '../../platform/jobs/job-queue.js';

/** Deliveries to the listeners of the application. */
export const DELIVERIES = 'auth-events';
/**
 * Deliveries that send an email or create the link of one. A mail server that does not respond keeps no listener of the
 * application waiting, and a listener that does not return delays no email.
 */
export const EMAIL_DELIVERIES = 'auth-emails';
export const DELIVERY_QUEUES = [DELIVERIES, EMAIL_DELIVERIES] as const;
export type DeliveryQueue = (typeof DELIVERY_QUEUES)[number];

/** The dead letter queue of both. */
export const PARKED = 'auth-events-parked';

const DAY_SECONDS = 24 * 60 * 60;

/** Retries for about a day. Emails arrive soon after the mail server is back, because links do not work for long. */
const RETRIES: Readonly<Record<DeliveryQueue, Pick<QueueSettings, 'retryDelayMax' | 'retryLimit'>>> = {
  [DELIVERIES]: { retryDelayMax: 3600, retryLimit: 30 },
  [EMAIL_DELIVERIES]: { retryDelayMax: 600, retryLimit: 150 },
};

export const EVENT_QUEUES: readonly QueueSettings[] = [
  { name: PARKED, retentionSeconds: 90 * DAY_SECONDS },
  ...DELIVERY_QUEUES.map((name) => ({
    name,
    deadLetter: PARKED,
    // Deliveries are kept even if no process runs for weeks.
    retentionSeconds: 90 * DAY_SECONDS,
    ...RETRIES[name],
    retryDelay: 1,
    retryBackoff: true,
    expireInSeconds: 300,
    // After this time without a heartbeat, another process takes over the job.
    heartbeatSeconds: 20,
    deleteAfterSeconds: DAY_SECONDS,
  })),
];
