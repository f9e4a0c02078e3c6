import { createHash, createHmac, hkdfSync } from 'node:crypto';

/** What a token is for: `VERIFY_EMAIL`, `RESET_PASSWORD`, `CHANGE_EMAIL`, or a purpose of another feature. */
export type OneTimePurpose = string;

/** What a new password spends. Who knew the old one may have asked to move the account to an address of theirs. */
export const CONSUMED_BY_NEW_PASSWORD: readonly OneTimePurpose[] = ['RESET_PASSWORD', 'CHANGE_EMAIL'];

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Something that is not in the database, and that one-time tokens follow from. */
export interface OneTimeSecret {
  /** Tells the secrets of a ring apart, and nothing about them; empty for the one of `jwt.secret`. */
  readonly id: string;
  readonly secret: string;
}

/** A one-time token cannot be made again, because the key that it is derived from is gone. */
class LostTokenKeyError extends RangeError {
  override readonly name = 'LostTokenKeyError';
  readonly permanent = true;

  constructor() {
    super('a one-time token follows from a key that is gone');
  }
}

/**
 * Makes one-time tokens: 256 bits that follow from the random id of their row and a key that is not in the database.
 * So a token can be made again for every delivery, and is stored nowhere, in no outbox and no job.
 */
export class OneTimeTokens {
  private keys: ReadonlyMap<string, Buffer> = new Map();
  private currentId = '';

  constructor(secrets: readonly OneTimeSecret[]) {
    this.useSecrets(secrets);
  }

  /** From now on new tokens follow from the first of these; those of the others can still be made again. */
  useSecrets(secrets: readonly OneTimeSecret[]): void {
    this.keys = new Map(secrets.map(({ id, secret }) => [id, deriveKey(secret)]));
    this.currentId = secrets[0]?.id ?? '';
  }

  /** What an event keeps of a token, to have it made again: the id of its row, and which secret it follows from. */
  referenceOf(id: string): string {
    return this.currentId === '' ? id : `${id}.${this.currentId}`;
  }

  /**
   * The token that goes to its owner.
   * @throws LostTokenKeyError the secret that it follows from is gone
   */
  tokenOf(purpose: OneTimePurpose, reference: string): string {
    const [id, keyId = ''] = reference.split('.');
    const key = this.keys.get(keyId);
    if (!key) throw new LostTokenKeyError();
    return createHmac('sha256', key)
      .update(`${purpose}:${String(id)}`)
      .digest('base64url');
  }

  /** What is stored of it. */
  hashOf(purpose: OneTimePurpose, reference: string): Buffer {
    return hashOneTimeToken(this.tokenOf(purpose, reference));
  }
}

function deriveKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'auth-subgraph one-time tokens', 32));
}

export function hashOneTimeToken(token: string): Buffer {
  return createHash('sha256').update(`one-time:${token}`).digest();
}

/** False for whatever cannot be one of our tokens. */
export function isOneTimeToken(text: string): boolean {
  return TOKEN.test(text);
}
