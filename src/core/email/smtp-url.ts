/** What an SMTP address says. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `implicit` from the first byte, `starttls` required, or none. */
  readonly encryption: 'implicit' | 'starttls' | 'none';
  readonly credentials?: { readonly user: string; readonly pass: string };
}

const SUBMISSION_PORT = 587;
const IMPLICIT_TLS_PORT = 465;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/**
 * Reads `smtp://user:password@host:587` or `smtps://…`. Without `smtps` the connection is upgraded by STARTTLS or not
 * used at all, unless the server is on this machine or the address ends in `?ignoreTLS=true`.
 * @throws Error saying what is wrong, without repeating the address: it holds a password
 */
export function parseSmtpUrl(text: string): SmtpServer {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^smtps?:$/.test(url.protocol) || url.hostname === '')
    throw new Error(
      'The SMTP address is not valid; write smtp://user:password@host:587 or smtps://user:password@host.',
    );
  const implicit = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const ignoreTls = readIgnoreTls(url);
  const credentials = readCredentials(url);
  return {
    host,
    port: url.port === '' ? (implicit ? IMPLICIT_TLS_PORT : SUBMISSION_PORT) : Number(url.port),
    encryption: implicit ? 'implicit' : ignoreTls || LOOPBACK.test(host) ? 'none' : 'starttls',
    ...(credentials && { credentials }),
  };
}

/** The only parameter there is: an unknown one would look as if it did something, such as turning TLS checks on. */
function readIgnoreTls(url: URL): boolean {
  for (const [name, value] of url.searchParams)
    if (name !== 'ignoreTLS' || !/^(true|false)$/.test(value))
      throw new Error('The SMTP address has an unknown parameter; there is only ?ignoreTLS=true.');
  return url.searchParams.get('ignoreTLS') === 'true';
}

function readCredentials(url: URL): SmtpServer['credentials'] {
  if (url.username === '' && url.password === '') return undefined;
  try {
    return { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  } catch {
    throw new Error('The user or password of the SMTP address is not percent-encoded; write %25 for a percent sign.');
  }
}
