import { z } from 'zod';
import { KeyError, type KeySource } from '@auth-subgraph/verifier';
import { MAX_KEYS, readKey } from '@auth-subgraph/verifier/internal';
import { MIN_SECRET_BYTES } from '@auth-subgraph/verifier/internal';
import { duration, text } from '../../platform/options/option-types.js';

const keySource: z.ZodType<KeySource, KeySource> = z.union([z.string(), z.record(z.string(), z.unknown())], {
  error: 'is not a key; write PEM text or a JWK',
});

/** A ring of key pairs. */
export const keyRing = z
  .array(keySource, 'must be a list of keys')
  .min(1, 'names no key')
  .max(MAX_KEYS, `names more than ${String(MAX_KEYS)} keys`)
  .superRefine((sources, context) => {
    const known = new Set<string>();
    for (const [index, source] of sources.entries()) {
      const problem = problemOf(source, index, known);
      if (problem !== undefined) context.addIssue({ code: 'custom', path: [index], message: problem });
    }
  });

function problemOf(source: KeySource, index: number, known: Set<string>): string | undefined {
  try {
    const { kid, privateKey } = readKey(source);
    if (index === 0 && !privateKey) return 'is a public key; the first key signs and must be a private one';
    if (known.has(kid)) return 'is there twice';
    known.add(kid);
    return undefined;
  } catch (error) {
    if (error instanceof KeyError) return error.message;
    throw error;
  }
}

/** What signs access tokens, and what they say. */
export const jwtOptions = {
  jwt: z.strictObject({
    secret: z
      .string('must be a text; set a random one, for example from `openssl rand -base64 48`')
      .refine((value) => Buffer.byteLength(value) >= MIN_SECRET_BYTES, {
        error: 'is shorter than 32 bytes; set a random text, for example from `openssl rand -base64 48`',
      })
      .optional()
      .describe(
        'The secret that signs access tokens (HS256) where there are no keys, at least 32 bytes. Every node needs the same one.',
      ),
    keys: keyRing
      .optional()
      .describe(
        'Private and public keys, as PEM text or JWK: RS256, ES256 or PS256. The first signs, the others verify; all are published.',
      ),
    issuer: text(200).default('auth-subgraph').describe('The `iss` claim: who issued the token.'),
    audience: text(200).default('supergraph').describe('The `aud` claim: who the token is for.'),
    accessTokenExpiration: duration.default('15m').describe('How long an access token is valid; at most 24 hours.'),
    refreshTokenExpiration: duration
      .default('7d')
      .describe('How long a session lives without a refresh (its idle lifetime).'),
  }),
} as const;

export interface JwtConfig {
  readonly jwt: Readonly<{
    secret: string | undefined;
    /** Empty where the secret signs. The first signs, the others verify. */
    keys: readonly KeySource[];
    issuer: string;
    audience: string;
    accessTokenExpirationSeconds: number;
    refreshTokenExpirationSeconds: number;
  }>;
}
