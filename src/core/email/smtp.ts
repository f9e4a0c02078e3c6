import { hostname } from 'node:os';
import type { SMTPPoolOptions } from 'nodemailer';
import { MailDeliveryError, type Mail, type Mailer } from './mailer.js';
import { composeMessage, parseSender } from './message.js';
import { parseSmtpUrl } from './smtp-url.js';

export interface SmtpMailerOptions {
  /**
   * `smtp://user:password@host:587`, or `smtps://…` for TLS from the first byte. With `smtp:`, STARTTLS is required unless
   * the server is on this machine or the URL has `?ignoreTLS=true`. `?name=host.example.com` is what the client calls itself;
   * by default its host name, or the domain of the sender if that is not a full one.
   */
  readonly url: string;
  /** `no-reply@example.com` or `Name <no-reply@example.com>`. */
  readonly from: string;
  /**
   * How long the server may stay silent, in seconds; connecting takes ten seconds at most. A whole delivery may take twice
   * as long. An email that the server accepts later is sent again.
   * @default 120
   */
  readonly timeoutSeconds?: number;
}

type PoolOptions = SMTPPoolOptions & { pool: true };

const CONNECT_SECONDS = 10;
/** A server that accepts a message first scans it. @see RFC 5321 §4.5.3.2, whose ten minutes no delivery may take */
const DEFAULT_TIMEOUT_SECONDS = 120;
// Every byte restarts the socket timeouts, so a server that sends its replies slowly would never reach them.
const TIMEOUTS_PER_DELIVERY = 2;

/**
 * Sends emails over SMTP, with a pool of open connections.
 * @example createSmtpMailer({ url: process.env.SMTP_URL, from: 'Acme <no-reply@acme.example>' })
 * @throws Error the URL or the sender is invalid
 */
export function createSmtpMailer({ url, from, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS }: SmtpMailerOptions): Mailer {
  const sender = parseSender(from);
  const timeoutMs = Math.ceil(timeoutSeconds * 1000);
  const options = poolOptions({ url, from }, timeoutMs);
  let transport: ReturnType<typeof openPool> | undefined;
  const underWay = new Set<Promise<unknown>>();

  return {
    senderAddress: sender.address,
    async send(mail: Mail): Promise<void> {
      const message = composeMessage(mail, sender);
      const signal = AbortSignal.timeout(timeoutMs * TIMEOUTS_PER_DELIVERY);
      transport ??= openPool(options);
      const delivery = transport.then((pool) => pool.sendMail({ ...message, signal }));
      underWay.add(delivery);
      try {
        await delivery;
      } catch (error) {
        throw toDeliveryError(error);
      } finally {
        underWay.delete(delivery);
      }
    },
    async close(): Promise<void> {
      (await transport)?.close();
      await Promise.allSettled(underWay);
    },
  };
}

/** Connects and signs in to a mail server without sending anything. Returns the code of the error if that fails. */
export async function verifySmtp({
  timeoutSeconds = CONNECT_SECONDS,
  ...server
}: SmtpMailerOptions): Promise<string | undefined> {
  const pool = await openPool(poolOptions(server, Math.ceil(timeoutSeconds * 1000)));
  try {
    await pool.verify();
    return undefined;
  } catch (error) {
    return toDeliveryError(error).code;
  } finally {
    pool.close();
  }
}

/** Loads nodemailer with the first email. Most processes start without sending one. */
async function openPool(options: PoolOptions) {
  const { createTransport } = await import('nodemailer');
  return createTransport(options);
}

function poolOptions({ url, from }: SmtpMailerOptions, timeoutMs: number): PoolOptions {
  const { host, port, encryption, clientName = usualName(from, hostname()), credentials } = parseSmtpUrl(url);
  const connectMs = Math.min(timeoutMs, CONNECT_SECONDS * 1000);
  return {
    pool: true,
    ...(clientName !== undefined && { name: clientName }),
    host,
    port,
    secure: encryption === 'implicit',
    requireTLS: encryption === 'starttls',
    ignoreTLS: encryption === 'none',
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    // Otherwise the email is sent unauthenticated to a server that does not offer AUTH, which rejects it for an unclear reason.
    ...(credentials && { auth: { ...credentials }, forceAuth: true }),
    dnsTimeout: connectMs,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: timeoutMs,
    // nodemailer's logger writes addresses and, at debug level, whole emails.
    logger: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/**
 * The domain of the sender on a host without a full name, such as a container. nodemailer would send `[127.0.0.1]`, which some
 * servers reject. RFC 5321 §4.1.1.1
 */
export function usualName(from: string, host: string): string | undefined {
  const domain = parseSender(from).address.replace(/^.*@/, '');
  return host.includes('.') || !domain.includes('.') ? undefined : domain;
}

/** Codes of nodemailer for a connection that fails. What the system or OpenSSL says is in `originalCode`. */
const CONNECTION_CODES = ['ECONNECTION', 'EDNS', 'ESOCKET', 'ETLS'];
const SAFE_CODE = /^[A-Z][A-Z0-9_]{1,39}$/;
/**
 * A reply to the recipient that concerns the sender: a bad sender, or a service that the server does not send for. Many
 * servers check both only then.
 * @see RFC 3463 §3.2, §3.8
 */
const ABOUT_THE_SENDER = /^\d{3}[ -]5\.(1\.[78]\b|7\.\d+ .*\b(relay(ing)?|sender|client host|helo)\b)/i;
const ADDRESSES = /<[^>]*>/g;

function toDeliveryError(error: unknown): MailDeliveryError {
  const { code, command, originalCode, response, responseCode } = error as Readonly<Record<string, unknown>>;
  const codes = CONNECTION_CODES.includes(String(code)) ? [originalCode, code] : [code];
  const known = codes.find((each) => typeof each === 'string' && SAFE_CODE.test(each)) as string | undefined;
  // The delivery as a whole took too long: report it as a timeout.
  const timely = known === 'EABORT' ? 'ETIMEDOUT' : known;
  const isAboutSender = command === 'MAIL FROM' || ABOUT_THE_SENDER.test(String(response).replace(ADDRESSES, ''));
  const reason = known === 'EENVELOPE' && isAboutSender ? 'ESENDER' : timely;
  return new MailDeliveryError(reason ?? 'EUNKNOWN', typeof responseCode === 'number' ? responseCode : undefined);
}
