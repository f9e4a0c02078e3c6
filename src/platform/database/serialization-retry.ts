import type { Pool, PoolClient } from 'pg';
import { hasCode } from './error-code.js';

/** Another transaction changed the row first. @see PostgreSQL, appendix A: error codes */
export const SERIALIZATION_FAILURE = '40001';

type Query = (...words: unknown[]) => Promise<unknown>;

/**
 * Repeats a single statement that lost a race under a stricter isolation level, at the intended level. Behind a pooler
 * in transaction mode, a statement may run with the default level of the role.
 */
export function retrySerializationFailures(pool: Pool): void {
  pool.on('connect', (client: PoolClient) => {
    const query = client.query.bind(client) as unknown as Query;
    const retried = (...words: unknown[]): unknown => {
      const running = query(...words);
      // A call with a callback returns nothing, and a statement within a transaction cannot be repeated alone.
      if (!(running instanceof Promise) || client.getTransactionStatus() !== 'I') return running;
      return running.catch((error: unknown) => {
        if (!hasCode(error, SERIALIZATION_FAILURE)) throw error;
        return runReadCommitted(query, words);
      });
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
