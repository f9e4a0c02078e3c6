import * as z from 'zod';
import { flag, integer } from '../options/option-types.js';
import { problemOfDatabaseUrl } from './database-url.js';

const databaseUrl = z
  .string('must be a text; write postgresql://user:password@host:5432/database')
  .superRefine((value, context) => {
    const problem = problemOfDatabaseUrl(value);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

export const databaseOptions = {
  database: z.strictObject({
    url: databaseUrl.describe(
      'The PostgreSQL server and database, such as `postgresql://user:password@host:5432/auth`. docs/guides/databases.md lists other forms.',
    ),
    poolSize: integer(1, 200)
      .default(10)
      .describe(
        'The maximum number of connections that one process opens for requests. Background work opens up to three more, and counting calls for rate limits up to two.',
      ),
    preparedStatements: flag
      .default(true)
      .describe(
        'Whether the server keeps the plans of statements. Set it to false behind PgBouncer before 1.21 in transaction mode.',
      ),
  }),
} as const;

export interface DatabaseConfig {
  readonly database: Readonly<z.output<(typeof databaseOptions)['database']>>;
}
