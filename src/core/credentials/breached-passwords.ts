import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../platform/clock.js';
import type { Logger } from '../../platform/logger.js';
import type { Metrics } from '../observability/metrics.js';
import { sharedLookup } from '../../platform/shared-lookup.js';

const TIMEOUT_MS = 1_000;
/** A padded range of Pwned Passwords has about 80 kB. */
const MAX_BYTES = 1_000_000;
/** Further passwords are accepted unchecked, so that a slow server cannot use up connections. */
const MAX_RUNNING = 32;
/** An overloaded server answers some requests but not others. It has recovered once it fails none of them for this long. */
const QUIET_MS = 60_000;
const PREFIX_LENGTH = 5;
/** The rest of a SHA-1 hash, and how often the password occurs in breaches; padding lines have a count of 0. */
const LINE = /^([0-9A-F]{35}):(\d{1,15})$/i;

export interface BreachedPasswordsDependencies {
  /** The address of the ranges, such as `https://api.pwnedpasswords.com/range`. */
  readonly url: string;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'breachCheckFailed'>;
  readonly logger: Logger;
}

/**
 * Recognises passwords that are known from breaches. The server receives only the first five digits of the SHA-1 hash, which
 * about a thousand breached passwords share, so it does not learn the password. If it fails, no password is recognised.
 * @see OWASP ASVS 5.0 §6.2.12, https://haveibeenpwned.com/API/v3#PwnedPasswords
 */
export class BreachedPasswords {
  private running = 0;
  private isDown = false;
  private lastFailure = 0;

  constructor(private readonly deps: BreachedPasswordsDependencies) {}

  async has(password: string): Promise<boolean> {
    const hash = createHash('sha1').update(password).digest('hex').toUpperCase();
    const prefix = hash.slice(0, PREFIX_LENGTH);
    if (this.running >= MAX_RUNNING) return this.failed('too many checks at once');
    this.running += 1;
    try {
      const suffixes = breachedIn(await fetchRange(rangeUri(this.deps.url, prefix)));
      this.succeeded();
      return suffixes.has(hash.slice(PREFIX_LENGTH));
    } catch (error) {
      return this.failed(reasonOf(error));
    } finally {
      this.running -= 1;
    }
  }

  private failed(reason: string): false {
    const { clock, logger, metrics } = this.deps;
    metrics.breachCheckFailed();
    if (!this.isDown)
      logger.warn({ reason }, 'breached passwords cannot be looked up; new passwords are accepted without this check');
    this.isDown = true;
    this.lastFailure = clock.now().getTime();
    return false;
  }

  private succeeded(): void {
    const { clock, logger } = this.deps;
    if (!this.isDown || clock.now().getTime() - this.lastFailure < QUIET_MS) return;
    this.isDown = false;
    logger.warn({}, 'breached passwords are looked up again');
  }
}

/** Reads a range. Returns what is wrong; `undefined` if passwords can be looked up. */
export async function verifyBreachedPasswords(url: string): Promise<string | undefined> {
  try {
    breachedIn(await fetchRange(rangeUri(url, '0'.repeat(PREFIX_LENGTH))));
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function rangeUri(url: string, prefix: string): string {
  return `${url.replace(/\/+$/, '')}/${prefix}`;
}

/** A response that cannot be used. Its message is safe to log. */
class UnusableRangeError extends Error {}

/** Stops reading once the limit is exceeded. A redirect could lead anywhere, so none is followed. */
async function fetchRange(uri: string): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await request(uri, signal);
    if (response.statusCode !== 200) {
      response.destroy();
      throw new UnusableRangeError(`status ${String(response.statusCode)}`);
    }
    const chunks: Buffer[] = [];
    let length = 0;
    // Leaving the loop closes the connection.
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BYTES) throw new UnusableRangeError(`more than ${String(MAX_BYTES)} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('latin1');
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

/** Unlike `fetch`, it takes a `lookup`. */
async function request(uri: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { get } = await (new URL(uri).protocol === 'https:' ? import('node:https') : import('node:http'));
  const headers = { accept: 'text/plain', 'add-padding': 'true', 'user-agent': 'auth-subgraph' };
  return new Promise((resolve, reject) => {
    // A request without a socket, or one that the server has ended with an upgrade, emits nothing when it is aborted.
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    let isSettled = false;
    const sent = get(uri, { headers, lookup: sharedLookup, signal }, (response) => {
      isSettled = true;
      resolve(response);
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // The server has closed an idle connection before it received the request.
      const isStale = sent.reusedSocket && error.code === 'ECONNRESET';
      if (isStale && !isSettled && !signal.aborted) resolve(request(uri, signal));
      else reject(error);
    });
  });
}

/** The suffixes of a range whose passwords were found in a breach. */
function breachedIn(range: string): Set<string> {
  const lines = range.split(/\r?\n/).filter((line) => line !== '');
  if (lines.length === 0) throw new UnusableRangeError('empty');
  const entries = lines.map((line) => LINE.exec(line));
  if (entries.includes(null)) throw new UnusableRangeError('not a list of hashes');
  const found = entries.filter((entry) => Number(entry?.[2]) > 0);
  return new Set(found.map((entry) => entry?.[1]?.toUpperCase() ?? ''));
}

/** What failed, for the log. The messages of other errors could quote the request. */
function reasonOf(error: unknown): string {
  if (error instanceof UnusableRangeError) return error.message;
  const { code, name } = error as { code?: unknown; name?: unknown };
  return String(typeof code === 'string' ? code : name);
}
