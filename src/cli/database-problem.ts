import { DatabaseSetupError } from '../platform/database/database-setup.error.js';
import { hasCode } from '../platform/database/error-code.js';
import { isDatabaseUnavailable } from '../platform/database/unavailable-error.js';
import { mayHaveMisplacedPassword } from '../platform/options/misplaced-password.js';

/** @see PostgreSQL, appendix A: error codes */
const REFUSED = ['28000', '28P01', '3D000'];
const INSUFFICIENT_PRIVILEGE = '42501';

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
  if (hasCode(error, ...REFUSED))
    return `${database} refuses the connection: ${error.message}. Check the user, the password and the name of the database.`;
  if (isDatabaseUnavailable(error))
    return `${database} is unavailable: ${error.message}. Check that the server is running, and that the host, the port and the TLS settings are correct.`;
  if (!hasCode(error, INSUFFICIENT_PRIVILEGE)) return undefined;
  const refused = `${database} refuses a statement: ${error.message}.`;
  // A role that may not connect cannot look up the names of the schemas.
  const { grantsAt } = await import('../platform/database/privileges.js');
  const grants = await grantsAt(databaseUrl).catch(() => undefined);
  if (grants === undefined) return `${refused} Check the privileges of the role.`;
  return `${refused} As the owner of the tables, run \`auth-subgraph migrate\`, ${grants}.`;
}

/** Returns `undefined` if the address is not a URL, for example if it contains a socket folder. */
function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function withoutSecrets(url: URL): string {
  const { protocol, username, host, pathname } = url;
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${mayHaveMisplacedPassword(url) ? '' : pathname}`;
}
