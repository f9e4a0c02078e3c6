import {
  keysByHeader,
  signAccessToken,
  verifyAccessToken,
  type AccessTokenGrant,
  type AccessTokenVerification,
  type KeysByHeader,
  type SignedAccessToken,
  type TokenParties,
} from '@auth-subgraph/verifier/internal';
import type { PublicJwk } from '@auth-subgraph/verifier';
import type { SigningKeys } from '@auth-subgraph/verifier/internal';
import { VerifiedTokenCache } from '@auth-subgraph/verifier/internal';

/** Each remembered token takes about 1 kB. */
const MAX_REMEMBERED = 5_000;

/** Signs and verifies access tokens. The keys can be replaced while the server is running. */
export class AccessTokenService {
  private keys!: SigningKeys;
  private verifying!: KeysByHeader;
  private readonly verified = new VerifiedTokenCache(MAX_REMEMBERED);

  constructor(
    private readonly settings: TokenParties & { readonly lifetimeSeconds: number },
    keys: SigningKeys,
  ) {
    this.useKeys(keys);
  }

  /** Replaces the keys: the first one signs, and only these verify. */
  useKeys(keys: SigningKeys): void {
    this.keys = keys;
    this.verifying = keysByHeader(keys.verifying);
  }

  /** The public keys for verifiers; empty if a shared secret signs. */
  get publicKeys(): readonly PublicJwk[] {
    return this.keys.published;
  }

  /** Signs an access token with the configured lifetime. */
  sign(grant: AccessTokenGrant): SignedAccessToken {
    return signAccessToken(grant, this.settings, this.keys.current);
  }

  /** Returns what a token grants, or why it is rejected. */
  verify(token: unknown, now: Date): AccessTokenVerification {
    const remembered = typeof token === 'string' ? this.verified.find(token, this.verifying, now) : undefined;
    if (remembered) return { ok: true, claims: remembered };
    const verified = verifyAccessToken(token, this.verifying, { ...this.settings, now });
    if (verified.ok) this.verified.add(token as string, verified.claims, this.verifying);
    return verified;
  }
}
