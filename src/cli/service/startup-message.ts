import type { AuthConfig } from '../../config/config.js';
import { firstOperations, type TrialConfig } from './first-operations.js';

/** What the service shows to browsers. */
export interface BrowserPage {
  readonly title: string;
  readonly path: string;
}

/** What is printed when the service is up, for people and for programs. */
export interface StartNote {
  readonly text: string;
  readonly json: object;
}

interface Startup {
  /** The URL that the service listens on. */
  readonly address: string;
  /** The URL of user management, if it is served separately. */
  readonly adminAddress: string | undefined;
  /** The folder of the embedded database, if there is one. */
  readonly databaseFolder: string | undefined;
  readonly pages: readonly BrowserPage[];
  readonly config: TrialConfig & Pick<AuthConfig, 'environment'>;
}

/**
 * The addresses of the service and, for people, except in production, operations to paste into a terminal.
 * @param note what else there is to say
 */
export function startReport(startup: Startup, note?: StartNote): StartNote {
  const { address, adminAddress, databaseFolder, pages } = startup;
  const base = openable(address);
  const message = startupMessage(startup, base);
  const json = {
    url: `${base}/graphql`,
    adminUrl: adminAddress === undefined ? null : `${openable(adminAddress)}/graphql`,
    databaseFolder: databaseFolder ?? null,
    pages: pages.map(({ title, path }) => ({ title, url: `${base}${path}` })),
    ...note?.json,
  };
  return { text: note ? `${message}\n${note.text}` : message, json };
}

/** The address that browsers on this machine open. */
function openable(address: string): string {
  return address.replace(/\/\/(127\.0\.0\.1|\[::\]):/, '//localhost:');
}

function startupMessage({ adminAddress, config, databaseFolder, pages }: Startup, base: string): string {
  const url = `${base}/graphql`;
  return [
    '',
    `The auth subgraph is listening on ${url}`,
    ...(adminAddress === undefined ? [] : [`User management is on ${openable(adminAddress)}/graphql`]),
    databaseFolder === undefined ? 'Its data is in the database of DATABASE_URL' : `Its data is in ${databaseFolder}`,
    '',
    ...(pages.length === 0 ? [] : ['Open in a browser:', ...pages.map((page) => line(page, base)), '']),
    ...(config.environment === 'production' ? [] : operationsToPaste(url, config)),
  ].join('\n');
}

function operationsToPaste(url: string, config: TrialConfig): string[] {
  // Browsers send this header by themselves. Without it, cookie mode rejects a login.
  const [origin] = config.refreshCookie.enabled ? config.refreshCookie.allowedOrigins : [];
  const signInHeaders = origin === undefined ? [] : [`origin: ${origin}`];
  const steps = firstOperations(config).flatMap(({ title, operation, needsAccessToken }, index) => {
    const headers = needsAccessToken ? ['authorization: Bearer <accessToken>'] : signInHeaders;
    const hint = needsAccessToken ? ' (with the accessToken from a response above)' : '';
    return [`${String(index + 1)}. ${title}${hint}`, curl(url, operation, headers), ''];
  });
  return ['Paste these into a second terminal:', '', ...steps];
}

function line({ title, path }: BrowserPage, base: string): string {
  return `  ${title.padEnd(10)}${base}${path}`;
}

function curl(url: string, query: string, headers: readonly string[]): string {
  const body = JSON.stringify({ query: query.replace(/\s+/g, ' ') });
  const options = ['content-type: application/json', ...headers].map((header) => `-H '${header}'`);
  return `curl -s ${url} ${options.join(' ')} -d '${body}'`;
}
