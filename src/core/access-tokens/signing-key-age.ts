import type { KeySource } from '@auth-subgraph/verifier';
import { readKey } from '@auth-subgraph/verifier/internal';

/** The age of the signing key, if the key has `published_at`: those of `auth-subgraph keys` do. */
export class SigningKeyAge {
  private key: { readonly kid: string; readonly publishedAt: Date } | undefined;

  /** @param keys the first one signs */
  constructor(keys: readonly KeySource[]) {
    this.useKeys(keys);
  }

  /** Replaces the keys. */
  useKeys([signing]: readonly KeySource[]): void {
    const seconds = typeof signing === 'object' ? signing['published_at'] : undefined;
    this.key =
      signing !== undefined && typeof seconds === 'number'
        ? { kid: readKey(signing).kid, publishedAt: new Date(seconds * 1000) }
        : undefined;
  }

  /** Returns `undefined` if the age is unknown. */
  at(now: Date): { readonly kid: string; readonly seconds: number } | undefined {
    return this.key && { kid: this.key.kid, seconds: Math.max(0, +now - +this.key.publishedAt) / 1000 };
  }
}
