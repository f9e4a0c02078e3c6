import { toAsciiDomain } from './ascii-domain.js';

/** The parts of an SMTP URL. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `implicit` (TLS from the first byte), `starttls` (required) or `none`. */
  readonly encryption: 'implicit' | 'starttls' | 'none';
  /** What the client calls itself in EHLO. */
  readonly clientName?: string;
  readonly credentials?: { readonly user: string; readonly pass: string };
}

const SUBMISSION_PORT = 587;
const IMPLICIT_TLS_PORT = 465;
const DOMAIN = /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/**
 * Parses `smtp://user:password@host:587` or `smtps://…`. With `smtp:`, STARTTLS is required unless the server is on this
 * machine or the URL has `?ignoreTLS=true`. `?name=` is what the client calls itself.
 * @throws Error the URL is invalid; the message does not repeat it, because it contains a password
 */
export function parseSmtpUrl(text: string): SmtpServer {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const host = url === undefined ? '' : readHost(url);
  if (url === undefined || !/^smtps?:$/.test(url.protocol) || host === '')
    throw new Error(
      'The SMTP address is invalid; use the form smtp://user:password@host:587 or smtps://user:password@host.',
    );
  if (/[^/]/.test(url.pathname) || url.hash !== '')
    throw new Error('The SMTP address has a path or a fragment; in a password, write "/" and "#" as %2F and %23.');
  const implicit = url.protocol === 'smtps:';
  const { ignoreTls, clientName } = readParameters(url);
  const credentials = readCredentials(url);
  return {
    host,
    port: url.port === '' ? (implicit ? IMPLICIT_TLS_PORT : SUBMISSION_PORT) : Number(url.port),
    encryption: implicit ? 'implicit' : ignoreTls || LOOPBACK.test(host) ? 'none' : 'starttls',
    ...(clientName !== null && { clientName }),
    ...(credentials && { credentials }),
  };
}

/** Empty if it cannot be read. Only in URLs of the web, an international name is ASCII already. */
function readHost({ hostname }: URL): string {
  try {
    return toAsciiDomain(decodeURIComponent(hostname)).replace(/^\[(.*)\]$/, '$1');
  } catch {
    return '';
  }
}

/** Rejects any other parameter: it would be ignored, even if it looks like a TLS setting. */
function readParameters({ searchParams }: URL): { ignoreTls: boolean; clientName: string | null } {
  for (const [name, value] of searchParams)
    if (!(name === 'ignoreTLS' && /^(true|false)$/.test(value)) && !(name === 'name' && DOMAIN.test(value)))
      throw new Error(
        'The SMTP address has an unknown parameter or value; write only ?ignoreTLS=true or ?name=host.example.com. In a password, write "?" as %3F.',
      );
  return { ignoreTls: searchParams.get('ignoreTLS') === 'true', clientName: searchParams.get('name') };
}

function readCredentials(url: URL): SmtpServer['credentials'] {
  if (url.username === '' && url.password === '') return undefined;
  try {
    return { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  } catch {
    throw new Error('The user or password of the SMTP address is not percent-encoded; write %25 for a percent sign.');
  }
}
