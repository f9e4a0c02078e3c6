import type { AuthConfig } from '../../config/config.js';
import { firstOperations } from './first-operations.js';

/**
 * The message printed when the service is up: its address, and operations to paste into another terminal.
 * @param databaseFolder the folder of the embedded database, if there is one
 */
export function startupMessage(
  address: string,
  databaseFolder: string | undefined,
  config: Pick<AuthConfig, 'refreshCookie'>,
): string {
  const url = `${address.replace('127.0.0.1', 'localhost')}/graphql`;
  // Browsers send this header by themselves. Without it, cookie mode rejects a login.
  const [origin] = config.refreshCookie.enabled ? config.refreshCookie.allowedOrigins : [];
  const signInHeaders = origin === undefined ? [] : [`origin: ${origin}`];
  const steps = firstOperations(config).flatMap(({ title, operation, needsAccessToken }, index) => {
    const headers = needsAccessToken ? ['authorization: Bearer <accessToken>'] : signInHeaders;
    const hint = needsAccessToken ? ' (with the accessToken from a response above)' : '';
    return [`${String(index + 1)}. ${title}${hint}`, curl(url, operation, headers), ''];
  });
  return [
    '',
    `The auth subgraph is listening on ${url}`,
    databaseFolder === undefined ? 'Its data is in the database of DATABASE_URL' : `Its data is in ${databaseFolder}`,
    '',
    'Paste these into a second terminal:',
    '',
    ...steps,
  ].join('\n');
}

function curl(url: string, query: string, headers: readonly string[]): string {
  const body = JSON.stringify({ query: query.replace(/\s+/g, ' ') });
  const options = ['content-type: application/json', ...headers].map((header) => `-H '${header}'`);
  return `curl -s ${url} ${options.join(' ')} -d '${body}'`;
}
