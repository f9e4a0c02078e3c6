/** Valid bcrypt hashes. `$2x$`, the mark of a faulty implementation, is excluded. */
export const BCRYPT_HASH = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** The last character of the salt has two bits of it, and that of the hash four. */
const PARTIAL_CHARACTERS = [
  { at: 28, usedBits: 0b11_0000 },
  { at: 59, usedBits: 0b11_1100 },
];

/** Clears the bits of a bcrypt hash that carry nothing. If one is set, the library finds no password equal. */
export function withoutUnusedBits(hash: string): string {
  const characters = Array.from(hash);
  for (const { at, usedBits } of PARTIAL_CHARACTERS)
    characters[at] = ALPHABET.charAt(ALPHABET.indexOf(hash.charAt(at)) & usedBits);
  return characters.join('');
}
