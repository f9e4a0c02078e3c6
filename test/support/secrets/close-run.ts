import { rm } from 'node:fs/promises';
import { adminUrl, runSql } from '../database.js';
import { dumpServer } from '../database-dump.js';
import { RunRecord } from './run-record.js';
import type { Leak } from './leak.js';
import { searchRun } from './search-run.js';

/** Read by the reporter, which then counts a failure. */
const LEAKS_VARIABLE = 'AUTH_SUBGRAPH_TEST_LEAKS';
const MAX_SHOWN = 20;

/** Notes the rows of the remaining databases, and the statements in `pg_stat_statements`. */
export async function noteRemainingRows(): Promise<void> {
  const record = RunRecord.ofRun();
  record.rows(await dumpServer(adminUrl()));
  const statements = await runSql<{ query: string }>(adminUrl(), 'select query from pg_stat_statements');
  for (const { query } of statements) record.log('pg_stat_statements', query);
}

/** Searches everything that the run logged and stored for the secrets that it used. The run fails if one is found. */
export async function reportLeaks(): Promise<void> {
  const record = RunRecord.ofRun();
  const { leaks, secrets, texts } = await searchRun(record);
  await rm(record.folder, { recursive: true });
  if (leaks.length > 0) {
    // Jest would silence the reporter after an error.
    process.env[LEAKS_VARIABLE] = String(leaks.length);
    process.exitCode = 1;
    process.stderr.write(
      `\nSecrets were found in logs or tables:\n${leaks.slice(0, MAX_SHOWN).map(describe).join('\n')}\n`,
    );
    return;
  }
  process.stdout.write(`\nNone of ${String(secrets)} secrets was found in ${String(texts)} log lines and rows.\n`);
}

function describe({ secret, place, text, by }: Leak): string {
  return `- ${secret.name} in ${place} after ${by === '' ? 'the start of the run' : by}: ${text}`;
}
