import type { TestApp } from './test-app.js';
import { until } from './until.js';

/** The number of events and deliveries that wait. */
export const DELIVERIES_LEFT = `select (select count(*) from auth_outbox)::int
  + (select count(*) from auth_jobs.job where name in ('auth-events', 'auth-emails') and state < 'completed')::int as left`;

/** Waits until every delivery is done or parked; retries that are due later run at once. */
export async function allDelivered({ database }: Pick<TestApp, 'database'>): Promise<void> {
  await until(async () => {
    await database.sql(`update auth_jobs.job set start_after = clock_timestamp() where state = 'retry'`);
    const [row] = await database.sql<{ left: number }>(DELIVERIES_LEFT);
    return row?.left === 0;
  }, 'the deliveries');
}
