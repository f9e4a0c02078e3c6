import type { QueueSettings } from '../../platform/jobs/job-queue.js';

/** Deliveries to the listeners of the application and of features. */
export const DELIVERIES = 'auth-events';
/** Deliveries that send an email, so that a mail server that does not respond keeps no other listener waiting. */
export const EMAIL_DELIVERIES = 'auth-emails';
export const DELIVERY_QUEUES = [DELIVERIES, EMAIL_DELIVERIES] as const;
export type DeliveryQueue = (typeof DELIVERY_QUEUES)[number];

/** The dead letter queue of both. */
export const PARKED = 'auth-events-parked';

const DAY_SECONDS = 24 * 60 * 60;

/** Retries for about a day, at intervals from one second to one hour. */
export const EVENT_QUEUES: readonly QueueSettings[] = [
  { name: PARKED, retentionSeconds: 90 * DAY_SECONDS },
  ...DELIVERY_QUEUES.map((name) => ({
    name,
    deadLetter: PARKED,
    // Deliveries are kept even if no process runs for weeks.
    retentionSeconds: 90 * DAY_SECONDS,
    retryLimit: 30,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 3600,
    expireInSeconds: 300,
    // After this time without a heartbeat, another process takes over the job.
    heartbeatSeconds: 20,
    deleteAfterSeconds: DAY_SECONDS,
  })),
];
