import { DatabaseSetupError } from '../platform/database/database-setup.error.js';
import {
  hasCode,
  INSUFFICIENT_PRIVILEGE,
  READ_ONLY_TRANSACTION,
  TOO_MANY_CONNECTIONS,
} from '../platform/database/error-code.js';
import { isDatabaseUnavailable } from '../platform/database/unavailable-error.js';
import { mayHaveMisplacedPassword } from '../platform/options/misplaced-password.js';

/** @see PostgreSQL, appendix A: error codes */
const REFUSED = ['28000', '28P01', '3D000'];
/** It exists already, or does not exist. */
const PREPARED_STATEMENT = ['42P05', '26000'];
/** PgBouncer has only this code for its own errors. */
const PROTOCOL_VIOLATION = '08P01';
/** No code of the operating system looks like a SQLSTATE, except those that begin with E. */
const SQLSTATE = /^[0-9A-DF-Z][0-9A-Z]{4}$/;

const CHECK_ADDRESS = 'Check that the server is running, and that the host, the port and the TLS settings are correct.';
const CHECK_CREDENTIALS = 'Check the user, the password and the name of the database.';

/**
 * Explains a database error to an operator; `undefined` if the error has nothing to do with the database.
 * @param databaseUrl the value of DATABASE_URL, whose password is never repeated; empty or missing for the embedded
 * database
 */
export async function databaseProblem(
  error: unknown,
  databaseUrl: string | undefined,
): Promise<DatabaseSetupError | undefined> {
  if (!(error instanceof Error) || !databaseUrl?.trim() || error instanceof DatabaseSetupError) return undefined;
  const problem = await problemOf(error, databaseUrl.trim());
  return problem === undefined ? undefined : new DatabaseSetupError(problem, { cause: error });
}

async function problemOf(error: Error, databaseUrl: string): Promise<string | undefined> {
  const url = parse(databaseUrl);
  const database = url ? `The database of DATABASE_URL (${withoutSecrets(url)})` : 'The database of DATABASE_URL';
  if (hasCode(error, ...REFUSED)) return `${database} refuses the connection: ${error.message}. ${CHECK_CREDENTIALS}`;
  if (isDatabaseUnavailable(error)) return `${database} is unavailable: ${error.message}.${hintFor(error)}`;
  if (hasCode(error, ...PREPARED_STATEMENT))
    return `${database} does not keep prepared statements: ${error.message}. Behind PgBouncer, set DATABASE_PREPARED_STATEMENTS=false.`;
  if (!hasCode(error, INSUFFICIENT_PRIVILEGE)) return undefined;
  const refused = `${database} refuses a statement: ${error.message}.`;
  // A role that may not connect cannot look up the names of the schemas.
  const { grantsAt } = await import('../platform/database/privileges.js');
  const grants = await grantsAt(databaseUrl).catch(() => undefined);
  if (grants === undefined) return `${refused} Check the privileges of the role.`;
  return `${refused} As the owner of the tables, run \`auth-subgraph migrate\`, ${grants}.`;
}

/** What to do about an unavailable database, after a space; empty if the server itself says it. */
function hintFor(error: Error): string {
  if (hasCode(error, TOO_MANY_CONNECTIONS))
    return ' Raise the limit of the role, the database or the server, or lower DATABASE_POOL_SIZE.';
  if (hasCode(error, READ_ONLY_TRANSACTION))
    return ' It is a standby, or default_transaction_read_only is on. Connect to the primary, or allow writes again.';
  // The driver was asked for a password, and has none or an empty one.
  if (/^SASL: .* password must be/.test(error.message)) return ' Write the password into DATABASE_URL.';
  if (hasCode(error, PROTOCOL_VIOLATION)) {
    if (error.message.includes('pooling mode')) return ' Set pool_mode=transaction in PgBouncer.';
    if (/authentication|no such/.test(error.message)) return ` ${CHECK_CREDENTIALS}`;
  }
  return 'code' in error && SQLSTATE.test(String(error.code)) ? '' : ` ${CHECK_ADDRESS}`;
}

/** Returns `undefined` if the address is not a URL, for example if it contains a socket folder. */
function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function withoutSecrets(url: URL): string {
  const { protocol, username, host, pathname } = url;
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${mayHaveMisplacedPassword(url) ? '' : pathname}`;
}
