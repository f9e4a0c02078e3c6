import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import { jwtVerify } from 'jose';
import jwt from 'jsonwebtoken';
import { readKey } from '../../../packages/verifier/src/tokens/asymmetric-key.js';
import { systemClock } from '../../../src/platform/clock.js';
import { systemRandom, uuidV7 } from '../../../src/platform/random.js';
import { AccessTokenService } from '../../../src/core/access-tokens/access-token.service.js';
import {
  asymmetricSigningKeys,
  hmacSigningKeys,
  type SigningKeys,
} from '../../../packages/verifier/src/tokens/signing-keys.js';
import { createTokenVerifier } from '../../../packages/verifier/src/index.js';
import { round } from '../figures/numbers.js';

const PARTIES = { issuer: 'auth-subgraph', audience: 'supergraph' };
const TOKENS = 500;
const ROUNDS = 5;

type Verify = (token: string) => unknown;
interface KeyPair {
  readonly keys: SigningKeys;
  readonly verifyWith: KeyObject;
  readonly pem: string | Buffer;
}

function keyPairOf(algorithm: 'HS256' | 'RS256' | 'ES256'): KeyPair {
  if (algorithm === 'HS256') {
    const secret = randomBytes(48).toString('base64');
    const keys = hmacSigningKeys(secret);
    return { keys, verifyWith: keys.current.verifyWith, pem: secret };
  }
  const { privateKey, publicKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...privateKey.export({ format: 'jwk' }) };
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  return { keys: asymmetricSigningKeys([readKey(jwk)]), verifyWith: publicKey, pem };
}

function newTokens(keys: SigningKeys): string[] {
  const service = new AccessTokenService({ ...PARTIES, lifetimeSeconds: 86_400 }, keys);
  const newId = (): string => uuidV7(systemClock.now(), systemRandom);
  return Array.from({ length: TOKENS }, () => {
    const grant = { userId: newId(), sessionId: newId(), tokenId: newId(), issuedAt: systemClock.now() };
    return service.sign(grant).token;
  });
}

/** Each library checks algorithm, issuer, audience and expiry; ours also checks what docs/security.md lists. */
function subjectsOf(
  algorithm: 'HS256' | 'RS256' | 'ES256',
  { keys, verifyWith, pem }: KeyPair,
): Record<string, Verify> {
  const secretOrKeys = algorithm === 'HS256' ? { secret: pem.toString() } : { publicKeys: [...keys.published] };
  const fast = { key: pem, algorithms: [algorithm], allowedIss: PARTIES.issuer, allowedAud: PARTIES.audience };
  const ours = createTokenVerifier({ ...PARTIES, ...secretOrKeys });
  const oursWithoutCache = createTokenVerifier({ ...PARTIES, ...secretOrKeys, cacheSize: 0 });
  return {
    jsonwebtoken: (token) => jwt.verify(token, verifyWith, { ...PARTIES, algorithms: [algorithm] }),
    'verifier, token seen before': (token) => ours.verify(token),
    'verifier, new token': (token) => oursWithoutCache.verify(token),
    jose: (token) => jwtVerify(token, verifyWith, { ...PARTIES, algorithms: [algorithm] }),
    'fast-jwt': createVerifier(fast),
    'fast-jwt, token seen before': createVerifier({ ...fast, cache: TOKENS * 2 }),
  };
}

/** Verifications per second of one caller that awaits each. */
async function rate(verify: Verify, tokens: readonly string[], ms: number): Promise<number> {
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < ms) {
    for (const token of tokens) await verify(token);
    done += tokens.length;
  }
  return (done * 1000) / (performance.now() - start);
}

/**
 * The throughput of the verifier and of other libraries, relative to bare jsonwebtoken: medians of alternating rounds.
 */
export async function compareVerifiers(seconds: number): Promise<Record<string, Record<string, number>>> {
  const outcome: Record<string, Record<string, number>> = {};
  for (const algorithm of ['HS256', 'RS256', 'ES256'] as const) {
    console.error(`measuring the verification of ${algorithm} …`);
    const pair = keyPairOf(algorithm);
    const tokens = newTokens(pair.keys);
    const subjects = Object.entries(subjectsOf(algorithm, pair));
    const rates = new Map<string, number[]>(subjects.map(([name]) => [name, []]));
    for (let round = 0; round <= ROUNDS; round += 1)
      for (const [name, verify] of subjects) {
        const perSecond = await rate(verify, tokens, (seconds * 1000) / ROUNDS / 2);
        // The first round is a warm-up.
        if (round > 0) rates.get(name)?.push(perSecond);
      }
    outcome[algorithm] = toRatios(rates);
  }
  return outcome;
}

function toRatios(rates: ReadonlyMap<string, number[]>): Record<string, number> {
  const median = (values: number[] = []): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const base = median(rates.get('jsonwebtoken'));
  return {
    'jsonwebtoken per second': Math.round(base),
    ...Object.fromEntries(
      [...rates].slice(1).map(([name, values]) => [`${name} / jsonwebtoken`, round(median(values) / base, 2)]),
    ),
  };
}
