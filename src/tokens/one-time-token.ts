import { createHash, createHmac, hkdfSync } from 'node:crypto';

export type OneTimePurpose = 'VERIFY_EMAIL' | 'RESET_PASSWORD' | 'CHANGE_EMAIL';

/** What a new password spends. Who knew the old one may have asked to move the account to an address of theirs. */
export const SPENT_BY_NEW_PASSWORD: readonly OneTimePurpose[] = ['RESET_PASSWORD', 'CHANGE_EMAIL'];

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/**
 * Makes one-time tokens: 256 bits that follow from the random id of their row and a key that is not in the database.
 * So a token can be made again for every delivery, and is stored nowhere, in no outbox and no job.
 */
export class OneTimeTokens {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'auth-subgraph one-time tokens', 32));
  }

  /** The token that goes to its owner. */
  tokenOf(purpose: OneTimePurpose, id: string): string {
    return createHmac('sha256', this.key).update(`${purpose}:${id}`).digest('base64url');
  }

  /** What is stored of it. */
  hashOf(purpose: OneTimePurpose, id: string): Buffer {
    return hashOneTimeToken(this.tokenOf(purpose, id));
  }
}

export function hashOneTimeToken(token: string): Buffer {
  return createHash('sha256').update(`one-time:${token}`).digest();
}

/** False for whatever cannot be one of our tokens. */
export function isOneTimeToken(text: string): boolean {
  return TOKEN.test(text);
}
