import { createHmac, hkdfSync } from 'node:crypto';
import { sha256 } from '../../platform/sha256.js';

/** `VERIFY_EMAIL`, `RESET_PASSWORD`, `CHANGE_EMAIL`, `INVITATION`, or the purpose of another feature. */
export type OneTimePurpose = string;

/**
 * Purposes that a new password consumes: anyone who knew the old one may have requested a change of address, and a user with
 * a password needs no invitation.
 */
export const CONSUMED_BY_NEW_PASSWORD: readonly OneTimePurpose[] = ['RESET_PASSWORD', 'CHANGE_EMAIL', 'INVITATION'];

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** A secret outside the database that one-time tokens are derived from. */
export interface OneTimeSecret {
  /** Identifies the secret without revealing anything about it; empty for `jwt.secret`. */
  readonly id: string;
  readonly secret: string;
}

/** A one-time token cannot be derived again, because its key is no longer configured. */
export class LostTokenKeyError extends RangeError {
  override readonly name = 'LostTokenKeyError';
  readonly permanent = true;

  constructor() {
    super('the key of a one-time token is no longer configured');
  }
}

/**
 * Derives one-time tokens: 256 bits from the random id of their row and a key outside the database. A token can be
 * derived again for every delivery, so it is never stored, neither in the outbox nor in a job.
 */
export class OneTimeTokens {
  private keys: ReadonlyMap<string, Buffer> = new Map();
  private currentId = '';

  constructor(secrets: readonly OneTimeSecret[]) {
    this.useSecrets(secrets);
  }

  /** Replaces the secrets. New tokens are derived from the first; those of the others can still be derived again. */
  useSecrets(secrets: readonly OneTimeSecret[]): void {
    this.keys = new Map(secrets.map(({ id, secret }) => [id, deriveKey(secret)]));
    this.currentId = secrets[0]?.id ?? '';
  }

  /** Returns what an event stores to derive its token again: the id of the row and the id of the secret. */
  referenceOf(id: string): string {
    return this.currentId === '' ? id : `${id}.${this.currentId}`;
  }

  /**
   * Derives the token for its owner.
   * @throws LostTokenKeyError the secret of the token is no longer configured
   */
  tokenOf(purpose: OneTimePurpose, reference: string): string {
    const [, keyId = ''] = reference.split('.');
    const key = this.keys.get(keyId);
    if (!key) throw new LostTokenKeyError();
    return createHmac('sha256', key)
      .update(`${purpose}:${rowIdOf(reference)}`)
      .digest('base64url');
  }

  /** Returns the hash to store. */
  hashOf(purpose: OneTimePurpose, reference: string): Buffer {
    return hashOneTimeToken(this.tokenOf(purpose, reference));
  }
}

/** Returns the id of the row that a reference belongs to. */
export function rowIdOf(reference: string): string {
  return reference.split('.', 1).join();
}

function deriveKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'auth-subgraph one-time tokens', 32));
}

export function hashOneTimeToken(token: string): Buffer {
  return sha256(`one-time:${token}`);
}

/** Returns false if the text does not have the form of a one-time token. */
export function isOneTimeToken(text: string): boolean {
  return TOKEN.test(text);
}
