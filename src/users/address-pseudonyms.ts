import { createHmac, hkdfSync } from 'node:crypto';

/**
 * Stands for addresses in the log: the same text for the same address, which nobody without the secret can turn back
 * or guess.
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
