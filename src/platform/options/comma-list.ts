import * as z from 'zod';
import { MIN_SECRET_BYTES } from '@auth-subgraph/verifier/internal';

/** Printable ASCII, the only characters that a header transmits unchanged. */
const ROUTER_SECRET = /^[\x20-\x7e]*$/;
/** All headers of a request together may take 16 KiB. */
const MAX_SECRET_BYTES = 1_000;

/** The trimmed entries of a text such as `a, b`; empty if the text is undefined. */
export function commaList(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').map((entry) => entry.trim());
}

/** One secret, or two during a rotation. */
export const routerSecrets = z
  .string('must be a text; set a random one of at least 32 bytes, for example from `openssl rand -base64 48`')
  .refine((value) => commaList(value).length <= 2, {
    error: 'contains more than two secrets; write one or two. A comma separates them, so a secret cannot contain one',
  })
  .refine((value) => commaList(value).every((secret) => secret.length >= MIN_SECRET_BYTES), {
    error: ({ input }) =>
      `contains a secret shorter than 32 bytes; set a random one, for example from \`openssl rand -base64 48\`${
        String(input).includes(',') ? '. A comma separates two secrets, so a secret cannot contain one' : ''
      }`,
  })
  .refine((value) => commaList(value).every((secret) => ROUTER_SECRET.test(secret)), {
    error: 'contains characters that a header cannot transmit; set a text of printable ASCII',
  })
  .refine((value) => commaList(value).every((secret) => secret.length <= MAX_SECRET_BYTES), {
    error: `contains a secret longer than ${String(MAX_SECRET_BYTES)} bytes; set a shorter one`,
  });

function isOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** Origins as browsers send them: scheme, host and port. @see RFC 6454 §6.2 */
export const origins = z
  .string('must be a text of origins separated by commas; write for example "https://app.example.com"')
  .refine((value) => commaList(value).every(isOrigin), {
    error:
      'must hold exact origins as browsers send them, without a path and without "*"; write for example "https://app.example.com"',
  });
