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

/** About a kilobyte each. */
const MAX_REMEMBERED = 5_000;

/** Signs and verifies access tokens with a ring of keys that can be exchanged while requests are answered. */
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

  /** From now on the first of these keys signs, and no others verify. */
  useKeys(keys: SigningKeys): void {
    this.keys = keys;
    this.verifying = keysByHeader(keys.verifying);
  }

  /** What verifiers elsewhere may know: nothing, when a shared secret signs. */
  get publicKeys(): readonly PublicJwk[] {
    return this.keys.published;
  }

  /** Signs a token that lives as long as the settings say. */
  sign(grant: AccessTokenGrant): SignedAccessToken {
    return signAccessToken(grant, this.settings, this.keys.current);
  }

  /** Says what a token grants, or why it is refused. */
  verify(token: unknown, now: Date): AccessTokenVerification {
    const remembered = typeof token === 'string' ? this.verified.find(token, this.verifying, now) : undefined;
    if (remembered) return { ok: true, claims: remembered };
    const verified = verifyAccessToken(token, this.verifying, { ...this.settings, now });
    if (verified.ok) this.verified.add(token as string, verified.claims, this.verifying);
    return verified;
  }
}
