import { createHmac, hkdfSync } from 'node:crypto';

/**
 * Pseudonyms for addresses in the log: the same address always has the same pseudonym, which cannot be reversed or
 * guessed without the secret.
 */
export class AddressPseudonyms {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'auth-subgraph address pseudonyms', 32));
  }

  of(email: string): string {
    return createHmac('sha256', this.key).update(email).digest().subarray(0, 12).toString('base64url');
  }
}
