import * as z from 'zod';
import { KeyError, type KeySource } from '@auth-subgraph/verifier';
import { MAX_KEYS, readKey } from '@auth-subgraph/verifier/internal';
import { MIN_SECRET_BYTES } from '@auth-subgraph/verifier/internal';
import { duration, text, trimmed } from '../../platform/options/option-types.js';

const keySource: z.ZodType<KeySource, KeySource> = z.union([z.string(), z.record(z.string(), z.unknown())], {
  error: 'is not a key; write PEM text or a JWK',
});

/** The keys that sign and verify access tokens. */
export const keyRing = z
  .array(keySource, 'must be a list of keys')
  .min(1, 'contains no keys')
  .max(MAX_KEYS, `contains more than ${String(MAX_KEYS)} keys`)
  .superRefine((sources, context) => {
    const known = new Set<string>();
    for (const [index, source] of sources.entries()) {
      const problem = problemOf(source, index, known);
      if (problem !== undefined) context.addIssue({ code: 'custom', path: [index], message: problem });
    }
  })
  .readonly();

function problemOf(source: KeySource, index: number, known: Set<string>): string | undefined {
  try {
    const { kid, privateKey } = readKey(source);
    if (index === 0 && !privateKey) return 'is a public key; the first key signs, so it must be a private key';
    if (known.has(kid)) return 'appears twice';
    known.add(kid);
    return undefined;
  } catch (error) {
    if (error instanceof KeyError) return error.message;
    throw error;
  }
}

/** How access tokens are signed, and their standard claims. */
export const jwtOptions = {
  jwt: z.strictObject({
    secret: trimmed(z.string('must be a string; generate one, for example with `openssl rand -base64 48`'))
      .refine((value) => Buffer.byteLength(value) >= MIN_SECRET_BYTES, {
        error: 'is shorter than 32 bytes; generate a secret, for example with `openssl rand -base64 48`',
      })
      .optional()
      .describe(
        'The secret that signs access tokens (HS256) if `jwt.keys` is not set; at least 32 bytes. Every node must use the same secret.',
      ),
    keys: keyRing
      .optional()
      .describe(
        'Private and public keys, as PEM text or JWK: RS256, ES256 or PS256. The first key signs and the others only verify; all public keys are published.',
      ),
    issuer: trimmed(text(200)).default('auth-subgraph').describe('The `iss` claim of access tokens: who issued them.'),
    audience: trimmed(text(200)).default('supergraph').describe('The `aud` claim of access tokens: who they are for.'),
    accessTokenExpiration: duration.default('15m').describe('How long an access token is valid; at most 24 hours.'),
    refreshTokenExpiration: duration
      .default('7d')
      .describe('How long a session stays open without a refresh (idle lifetime).'),
  }),
} as const;

export interface JwtConfig {
  readonly jwt: Readonly<{
    secret: string | undefined;
    /** Empty if the secret signs. The first key signs, the others only verify. */
    keys: readonly KeySource[];
    issuer: string;
    audience: string;
    accessTokenExpirationSeconds: number;
    refreshTokenExpirationSeconds: number;
  }>;
}
