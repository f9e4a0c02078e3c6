import { createCipheriv } from 'node:crypto';
import { decodeBase64, type HashFields } from './hash-fields.js';
import { equalBytes, malformed, readNumbers, type ForeignHash, type UnusableHash } from './hash-reading.js';
import { deriveScrypt, scryptProblem } from './scrypt.js';

const KEY_BYTES = 32;
const FIRST_BLOCK = Buffer.alloc(16);

/**
 * Firebase's variant of scrypt, in the form that Supabase reads too: `ss` is the salt separator and `sk` the signer key of
 * the project. The derived key encrypts the signer key, and the result is the hash.
 * @see https://github.com/firebase/scrypt
 */
export function readFirebaseScrypt({ parameters, salt, hash }: HashFields): ForeignHash | UnusableHash {
  const { ss, sk, ...numbers } = parameters;
  const cost = readNumbers(numbers, ['v', 'n', 'r', 'p']);
  const [separator, signerKey] = [decodeBase64(ss), decodeBase64(sk)];
  if (cost?.v !== 1 || !separator || signerKey?.length !== hash.length)
    return malformed('v=1, n, r, p, ss and sk, which must be as long as the hash');
  const scryptCost = { logN: cost.n, r: cost.r, p: cost.p };
  const matches = async (password: string): Promise<boolean> => {
    const key = await deriveScrypt(password, Buffer.concat([salt, separator]), KEY_BYTES, scryptCost);
    return equalBytes(createCipheriv('aes-256-ctr', key, FIRST_BLOCK).update(signerKey), hash);
  };
  return scryptProblem(scryptCost) ?? { matches };
}
