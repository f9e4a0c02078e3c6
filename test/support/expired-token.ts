import type { KeyObject } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT, type CompactJWSHeaderParameters } from 'jose';

const HOURS_AGO_SECONDS = 2 * 3600;

/** The access token as it would be two hours later: the same user, session and key, but expired. */
export async function expiredCopy(token: string, key: KeyObject): Promise<string> {
  const { iat = 0, exp = 0, ...claims } = decodeJwt(token);
  return new SignJWT({ ...claims, iat: iat - HOURS_AGO_SECONDS, exp: exp - HOURS_AGO_SECONDS })
    .setProtectedHeader(decodeProtectedHeader(token) as CompactJWSHeaderParameters)
    .sign(key);
}
