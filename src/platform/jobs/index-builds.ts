import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';

const INDEX_POLLING_MS = 100;
const MAX_INDEX_POLLS = 600;

/** pg-boss builds indexes after its migrations. A slow one is built later, by a role that owns the tables. */
export async function waitForIndexes(boss: PgBoss): Promise<void> {
  for (let polls = 0; polls < MAX_INDEX_POLLS; polls += 1) {
    const builds = await boss.getBamStatus();
    if (!builds.some(({ status }) => status === 'pending' || status === 'in_progress')) return;
    await delay(INDEX_POLLING_MS);
  }
}
