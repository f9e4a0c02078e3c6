import type { Pool, PoolClient } from 'pg';
import { controlsTransaction } from './database-failure.js';
import { hasCode } from './error-code.js';
import { isOutdatedPlan } from './prepared-statements.js';
import { textOf } from './statement-watch.js';

/**
 * PostgreSQL rolled back a statement or a transaction because of another one: a serialization failure, which stricter
 * isolation levels cause, or a deadlock.
 * @see PostgreSQL, appendix A: error codes
 */
const LOST_RACE = ['40001', '40P01'];
const MAX_TRIES = 5;

type Query = (...words: unknown[]) => Promise<unknown>;

/**
 * Repeats work that lost a race, possibly against a migration. It must have no effects other than writes, which were
 * rolled back.
 */
export async function repeatLostRaces<T>(work: (turn: number) => Promise<T>, maxTries = MAX_TRIES): Promise<T> {
  for (let turn = 1; ; turn += 1) {
    try {
      return await work(turn);
    } catch (error) {
      if (turn === maxTries || !(hasCode(error, ...LOST_RACE) || isOutdatedPlan(error))) throw error;
    }
  }
}

/**
 * Repeats a single statement that lost a race, at the intended isolation level. Behind a pooler in transaction mode, a
 * statement may run with the default level of the role.
 */
export function retryLostRaces(pool: Pool): void {
  pool.on('connect', (client: PoolClient) => {
    const query = client.query.bind(client) as unknown as Query;
    const retried = (...words: unknown[]): unknown => {
      const running = query(...words);
      // A call with a callback returns nothing, and a statement within a transaction cannot be repeated alone.
      if (!(running instanceof Promise) || client.getTransactionStatus() !== 'I') return running;
      // The job queue sends whole transactions as one text, which may have failed in the middle.
      if (controlsTransaction(textOf(words[0]))) return running;
      return repeatLostRaces((turn) => (turn === 1 ? running : runReadCommitted(query, words)));
    };
    client.query = retried as typeof client.query;
  });
}

async function runReadCommitted(query: Query, words: readonly unknown[]): Promise<unknown> {
  await query('begin isolation level read committed');
  try {
    const result = await query(...words);
    await query('commit');
    return result;
  } catch (error) {
    await query('rollback');
    throw error;
  }
}
