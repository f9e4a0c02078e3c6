import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { RefreshToken } from '../../src/core/sessions/refresh-token.js';

/** Encrypts a successor under the token that it replaces, as earlier releases stored it. */
export function sealSuccessor(presented: RefreshToken, successor: RefreshToken): Buffer {
  const purpose = 'auth-subgraph refresh token successor';
  const key = Buffer.from(hkdfSync('sha256', presented.secret, presented.handle, purpose, 32));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(successor.secret, 'base64url'), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]);
}
