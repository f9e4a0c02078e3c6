import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Logger } from '../../platform/logger.js';
import { missingPrivilege } from '../../platform/error-codes.js';
import type { StatementPool } from '../../platform/database/statement.js';
import { limiterSettings, type CallCounterStore } from './call-counter-store.js';
import { StoreBreaker } from './store-breaker.js';

/** The table is missing, may not be used, or is locked. @see PostgreSQL, appendix A: error codes */
const TABLE_PROBLEM = /^(42...|55P03|57014)$/;

interface Query {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** Counts calls in a table. */
export function postgresCallCounters(pool: () => StatementPool, prepares: boolean, logger: Logger): CallCounterStore {
  const breaker = new StoreBreaker({
    failed: (error, isNews) => {
      const { code } = error as { code?: unknown };
      // The outage log of the database reports everything else.
      if (isNews && TABLE_PROBLEM.test(String(code)))
        logger.error(
          { code, ...missingPrivilege(error) },
          'calls cannot be counted in the database; each process counts its own calls',
        );
    },
    recovered: () => undefined,
  });
  const storeClient = {
    query: ({ name, text, values }: Query) =>
      breaker.run(async () => {
        const client = await pool().connect();
        try {
          return await client.query(prepares ? { name, text, values } : { text, values });
        } finally {
          client.release();
        }
      }),
  };
  return {
    name: 'postgresql',
    limiter: (rule) =>
      new RateLimiterPostgres({
        ...limiterSettings(rule),
        ...{ storeClient, storeType: 'client', keyPrefix: '' },
        // Migrations create the table, and housekeeping deletes from it.
        ...{ tableName: 'auth_rate_limit', tableCreated: true, clearExpiredByTimeout: false },
      }),
    isAvailable: () => breaker.isAvailable,
    close: () => Promise.resolve(),
  };
}
