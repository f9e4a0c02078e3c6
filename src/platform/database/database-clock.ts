import { sql } from 'kysely';

/** The time of the database's clock in epoch seconds, to compare it with the clock of this machine. */
// eslint-disable-next-line no-restricted-syntax -- the two clocks are compared
export const DATABASE_SECONDS = sql<number>`extract(epoch from clock_timestamp())::float8`;
