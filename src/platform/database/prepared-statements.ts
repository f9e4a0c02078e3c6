import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { TIME_LIMITED } from './database-failure.js';
import { hasCode } from './error-code.js';

/**
 * More texts than the service uses. The limit keeps a text that varies with every call from filling the server's
 * memory.
 */
const MAX_STATEMENTS = 500;

const names = new Map<string, string>();

/** @see PostgreSQL, appendix A: error codes */
const FEATURE_NOT_SUPPORTED = '0A000';
/** What the server was doing. Unlike the message, it is not translated. */
const CHECK_OF_PLAN = 'RevalidateCachedQuery';

/**
 * Makes the server parse and plan each statement once per connection instead of once per call. The name is derived from
 * the text, so that every connection, and a pooler in between, uses the same name for a statement.
 *
 * If a migration has changed the type of a result, the server refuses every plan from before. The first refusal begins
 * a new generation of names, so that each connection prepares its statements again.
 */
export function prepareStatements(pool: Pool): void {
  let generation = 0;
  pool.on('connect', (client: PoolClient) => {
    const query = client.query.bind(client) as (...words: unknown[]) => unknown;
    const prepared = (...words: unknown[]): unknown => {
      const sentIn = generation;
      const running = query(...inGeneration(sentIn, withName(words)));
      if (running instanceof Promise)
        running.catch((error: unknown) => {
          // Other statements of the same generation may fail too, which is no news.
          if (isOutdatedPlan(error) && sentIn === generation) generation += 1;
        });
      return running;
    };
    client.query = prepared as typeof client.query;
  });
}

/** Whether the server refused a prepared statement because a migration has changed the type of its result. */
export function isOutdatedPlan(error: unknown): boolean {
  return hasCode(error, FEATURE_NOT_SUPPORTED) && (error as { routine?: unknown }).routine === CHECK_OF_PLAN;
}

/** Leaves out searches, which have a text for each combination of filters, and a plan that depends on their values. */
function withName([text, values, ...rest]: readonly unknown[]): unknown[] {
  const isPrepared = typeof text === 'string' && Array.isArray(values) && values.length > 0;
  const name = isPrepared && !text.startsWith(TIME_LIMITED) ? statementName(text) : undefined;
  return name === undefined ? [text, values, ...rest] : [{ name, text, values }, ...rest];
}

/** PgBouncer prepares equal texts once, whatever their names, so the text differs too. */
function inGeneration(generation: number, [statement, ...rest]: readonly unknown[]): unknown[] {
  if (generation === 0 || !isNamed(statement)) return [statement, ...rest];
  const { name, text } = statement;
  const mark = String(generation);
  return [{ ...statement, name: `${name}_${mark}`, text: `${text}\n/* ${mark} */` }, ...rest];
}

function isNamed(statement: unknown): statement is { readonly name: string; readonly text: string } {
  const { name } = (statement ?? {}) as { name?: unknown };
  return typeof name === 'string';
}

/** The name of a prepared statement, or `undefined` if there are too many. */
export function statementName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MAX_STATEMENTS) return known;
  const name = `auth_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}
