import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { DELIVERIES_LEFT } from '../../test/support/deliveries.js';

const POLL_MS = 500;
/** Longer than it takes for another process to take over the deliveries of a killed one. */
const DELIVERY_MS = 180_000;

const PARKED = `select count(*)::int as left from auth_jobs.job where name = 'auth-events-parked'`;

/** Waits until no delivery is left. @throws Error one is left after a long time, or has been parked */
export async function untilDelivered(url: string): Promise<void> {
  const deadline = performance.now() + DELIVERY_MS;
  for (let left = await count(url, DELIVERIES_LEFT); left > 0; left = await count(url, DELIVERIES_LEFT)) {
    if (performance.now() > deadline) throw new Error(`${String(left)} deliveries are left`);
    await wait(POLL_MS);
  }
  const parked = await count(url, PARKED);
  if (parked > 0) throw new Error(`${String(parked)} deliveries are parked`);
}

/** Releases the deliveries of a killed process at once; otherwise they would become available after a while. */
export async function releaseDeliveries(url: string): Promise<void> {
  await query(url, `update auth_jobs.job set started_on = started_on - interval '1 hour' where state = 'active'`);
  await query(url, 'update auth_jobs.queue set monitor_on = null');
  const boss = new PgBoss({ connectionString: url, schema: 'auth_jobs', supervise: false, schedule: false });
  boss.on('error', () => undefined);
  await boss.start();
  await boss.supervise();
  await boss.stop();
}

async function count(url: string, text: string): Promise<number> {
  const [row] = await query<{ left: number }>(url, text);
  return row?.left ?? 0;
}

/** Runs one statement on a new connection, which has to be established within a second. */
export async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
