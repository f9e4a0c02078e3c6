import { pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { foreignHashProblem, readForeignHash } from '../../src/core/credentials/foreign-hashes/foreign-hash.js';

const unpadded = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');
const hex = (digits: string): string => unpadded(Buffer.from(digits.replaceAll(/\s/g, ''), 'hex'));

const RFC_7914 = hex(`7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2
  d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887`);
const RFC_6070 = hex('4b007901b765489abead49d926f721d065a429c1');
const FIREBASE_KEY = 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==';
const FIREBASE_HASH = 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==';
const SUPABASE_KEY = 'ou9tdYTGyYm8kuR6Dt0Bp0kDuAYoXrK16mbZO4yGwAn3oLspjnN0/c41v8xZnO1n14J3MjKj1b2g6AUCAlFwMw==';
const SUPABASE_HASH = 'zKVTMvnWVw5BBOZNUdnsalx4c4c7y/w7IS5p6Ut2+CfEFFlz37J9huyQfov4iizN8dbjvEJlM5tQaJP84+hfTw==';

/** Published by the authors of the algorithm or of the system. */
const VECTORS: readonly (readonly [source: string, password: string, hash: string])[] = [
  [
    "argon2id, the reference implementation's tests",
    'password',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ],
  [
    "argon2i, the reference implementation's tests",
    'password',
    '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA',
  ],
  ['scrypt, RFC 7914', 'pleaseletmein', `$scrypt$ln=14,r=8,p=1$${unpadded('SodiumChloride')}$${RFC_7914}`],
  ['PBKDF2 with SHA-1, RFC 6070', 'password', `$pbkdf2-sha1$i=4096,l=20$${unpadded('salt')}$${RFC_6070}`],
  [
    "PBKDF2 with SHA-256, passlib's documentation",
    'toomanysecrets',
    '$pbkdf2-sha256$i=29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A+WF/Z5JZv+lfCIhXXN33N23OSgQYThBYRfk',
  ],
  [
    'Firebase, its own documentation',
    'user1password',
    `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=${FIREBASE_KEY}$42xEC+ixf3L2lw==$${FIREBASE_HASH}`,
  ],
  [
    "Firebase, Supabase's tests",
    'mytestpassword',
    `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=${SUPABASE_KEY}$C0sHCg9ek77hsg==$${SUPABASE_HASH}`,
  ],
];

describe('a published hash', () => {
  test.each(VECTORS)('matches its password and no other: %s', async (_source, password, hash) => {
    expect(foreignHashProblem(hash)).toBeUndefined();
    const foreign = readForeignHash(hash);
    expect(await foreign?.matches(password)).toBe(true);
    expect(await foreign?.matches(`${password}x`)).toBe(false);
    expect(await foreign?.matches('')).toBe(false);
  });
});

test.each(VECTORS)('a published hash in base64url matches its password: %s', async (_source, password, hash) => {
  const url = hash.replaceAll('+', '-').replace(/\$[^$]*\$[^$]*$/, (end) => end.replaceAll('/', '_'));
  expect(await readForeignHash(url)?.matches(password)).toBe(true);
});

test('a password is read completely, unlike by bcrypt', async () => {
  const long = 'x'.repeat(200);
  const hash = `$pbkdf2-sha512$i=1,l=64$${unpadded('salt')}$${unpadded(pbkdf2Sync(long, 'salt', 1, 64, 'sha512'))}`;
  expect(await readForeignHash(hash)?.matches(long)).toBe(true);
  expect(await readForeignHash(hash)?.matches(long.slice(1))).toBe(false);
});

const SALT = unpadded('sixteen bytes ok');
const HASH = unpadded('x'.repeat(32));
const hashOf = (bytes: number): string => unpadded('x'.repeat(bytes));

test.each([
  ['Django 6', `$pbkdf2-sha256$i=1200000$${SALT}$${HASH}`],
  ['Keycloak with SHA-1', `$pbkdf2-sha1$i=1300000$${SALT}$${hashOf(64)}`],
  ['Keycloak with SHA-256', `$pbkdf2-sha256$i=600000$${SALT}$${hashOf(64)}`],
  ['Keycloak with SHA-512', `$pbkdf2-sha512$i=210000$${SALT}$${hashOf(64)}`],
  ['Keycloak with argon2', `$argon2id$v=19$m=7168,t=5,p=1$${SALT}$${HASH}`],
  ['RFC 9106 with little memory', `$argon2id$v=19$m=65536,t=3,p=4$${SALT}$${HASH}`],
  ['Django with argon2', `$argon2id$v=19$m=102400,t=2,p=8$${SALT}$${HASH}`],
  ['PHP', `$argon2id$v=19$m=65536,t=4,p=1$${SALT}$${HASH}`],
  ['moderate limits of libsodium', `$argon2id$v=19$m=262144,t=3,p=1$${SALT}$${HASH}`],
  ['better-auth', `$scrypt$ln=14,r=16,p=1$${SALT}$${hashOf(64)}`],
  ['OWASP with scrypt', `$scrypt$ln=17,r=8,p=1$${SALT}$${HASH}`],
  ['OWASP with scrypt and little memory', `$scrypt$ln=13,r=8,p=10$${SALT}$${HASH}`],
  ['Firebase', `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=${HASH}$${SALT}$${HASH}`],
])('a hash with the costs of a system in use is accepted: %s', (_name, hash) => {
  expect(foreignHashProblem(hash)).toBeUndefined();
});

test("passlib's form of PBKDF2 is read as it is", async () => {
  const [salt, key] = ['N2YMIWQsBWBMae09x1jrPQ', '1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk'];
  expect(await readForeignHash(`$pbkdf2-sha256$29000$${salt}$${key}`)?.matches('toomanysecrets')).toBe(true);
});

test.each([
  ['no salt', `$pbkdf2-sha256$29000$$${HASH}`, 'is malformed; its salt must be base64, and not empty'],
  ['a salt of no bytes', `$scrypt$ln=14,r=8,p=1$A$${HASH}`, 'is malformed; its salt must be base64, and not empty'],
  ['a salt of an impossible length', `$pbkdf2-sha1$i=1$AAAAA$${HASH}`, /its salt must be base64/],
  ['a salt that is not base64', `$pbkdf2-sha256$i=1$a*b$${HASH}`, /its salt must be base64/],
  ['a hash that is not base64', `$pbkdf2-sha256$i=1$${SALT}$not base64`, /its hash must be 16 to 256 bytes in base64/],
  ['a hash that many passwords have', `$pbkdf2-sha256$i=1$${SALT}$${hashOf(1)}`, /its hash must be 16 to 256 bytes/],
  ['too few parts', `$scrypt$ln=14,r=8,p=1$${SALT}`, /it must look like \$scrypt\$name=value,…\$salt\$hash/],
  ['a number without a name', `$scrypt$14$${SALT}$${HASH}`, 'is malformed; its parameters must be ln, r and p'],
  ['a parameter twice', `$pbkdf2-sha256$i=1,i=2$${SALT}$${HASH}`, 'is malformed; it repeats a parameter'],
  ['an unknown algorithm', `$md5$i=1$${SALT}$${HASH}`, /^must be a bcrypt hash, or start with one of/],
])('the problem says what is malformed: %s', (_name, hash, problem) => {
  expect(foreignHashProblem(hash)).toMatch(problem);
});

describe('a hash that cannot be verified', () => {
  test.each([
    ['plain text', 'correct horse battery staple'],
    ['an MD5 sum', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['the name of a property of every object', `$constructor$i=1$${SALT}$${HASH}`],
    ['no hash', `$pbkdf2-sha256$i=1$${SALT}$`],
    ['a long hash', `$pbkdf2-sha256$i=1$${SALT}$${unpadded('x'.repeat(300))}`],
    ['very long text', `$pbkdf2-sha256$i=1$${SALT}$${HASH}${'A'.repeat(2_000)}`],
    ['argon2 without a version', `$argon2id$m=65536,t=3,p=4$${SALT}$${HASH}`],
    ['argon2 of version 1.0', `$argon2id$v=16$m=65536,t=3,p=4$${SALT}$${HASH}`],
    ['argon2 with a secret key', `$argon2id$v=19$m=65536,t=3,p=4,keyid=QUJD$${SALT}$${HASH}`],
    ['argon2 with a short salt', `$argon2id$v=19$m=65536,t=3,p=4$${unpadded('salt')}$${HASH}`],
    ['argon2 with too little memory', `$argon2id$v=19$m=31,t=3,p=4$${SALT}$${HASH}`],
    ['argon2 with too much memory', `$argon2id$v=19$m=262145,t=3,p=4$${SALT}$${HASH}`],
    ['argon2 with too many passes', `$argon2id$v=19$m=65536,t=11,p=4$${SALT}$${HASH}`],
    ['argon2 that fills too much memory', `$argon2id$v=19$m=262144,t=5,p=4$${SALT}$${HASH}`],
    ['argon2 with too many lanes', `$argon2id$v=19$m=65536,t=3,p=17$${SALT}$${HASH}`],
    ['scrypt without a cost', `$scrypt$r=8,p=1$${SALT}$${HASH}`],
    ['scrypt with too much memory', `$scrypt$ln=19,r=8,p=1$${SALT}$${HASH}`],
    ['scrypt of an absurd cost', `$scrypt$ln=4294967295,r=8,p=1$${SALT}$${HASH}`],
    ['scrypt with too many lanes', `$scrypt$ln=14,r=8,p=17$${SALT}$${HASH}`],
    ['scrypt with much memory and two lanes', `$scrypt$ln=18,r=8,p=2$${SALT}$${HASH}`],
    ['scrypt whose blocks are large', `$scrypt$ln=1,r=131072,p=1$${SALT}$${HASH}`],
    ['scrypt with many large blocks', `$scrypt$ln=1,r=16384,p=2$${SALT}$${HASH}`],
    ['scrypt with an N that Node.js rejects', `$scrypt$ln=16,r=1,p=1$${SALT}$${HASH}`],
    ['PBKDF2 without iterations', `$pbkdf2-sha256$l=32$${SALT}$${HASH}`],
    ['PBKDF2 with zero iterations', `$pbkdf2-sha256$i=0$${SALT}$${HASH}`],
    ['PBKDF2 of another length', `$pbkdf2-sha256$i=1,l=20$${SALT}$${HASH}`],
    ['PBKDF2 with too many iterations', `$pbkdf2-sha256$i=8000001$${SALT}$${HASH}`],
    ['PBKDF2 with too many iterations of SHA-512', `$pbkdf2-sha512$i=2000001$${SALT}$${HASH}`],
    ['PBKDF2 with too many blocks', `$pbkdf2-sha1$i=1000000$${SALT}$${hashOf(161)}`],
    ['Firebase without the signer key', `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==$${SALT}$${HASH}`],
    ['Firebase with a signer key of another length', `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=QUJD$${SALT}$${HASH}`],
    ['Firebase with too many lanes', `$fbscrypt$v=1,n=14,r=8,p=17,ss=Bw==,sk=${HASH}$${SALT}$${HASH}`],
    ['Firebase with large blocks', `$fbscrypt$v=1,n=1,r=131072,p=1,ss=Bw==,sk=${HASH}$${SALT}$${HASH}`],
    ['Firebase with too much memory', `$fbscrypt$v=1,n=19,r=8,p=1,ss=Bw==,sk=${HASH}$${SALT}$${HASH}`],
  ])('is named: %s', (_name, hash) => {
    expect(foreignHashProblem(hash)).toMatch(/^(must|is) /);
    expect(readForeignHash(hash)).toBeUndefined();
  });
});

test.each([
  ['the largest scrypt', `$scrypt$ln=18,r=8,p=1$${SALT}$${HASH}`],
  ['scrypt with the largest N for small blocks', `$scrypt$ln=15,r=1,p=64$${SALT}$${HASH}`],
  ['scrypt with the largest blocks', `$scrypt$ln=7,r=16384,p=1$${SALT}$${HASH}`],
])('a hash at the limit can be verified: %s', async (_name, hash) => {
  expect(await readForeignHash(hash)?.matches('password')).toBe(false);
});

test('bcrypt hashes are left to bcrypt', () => {
  for (const prefix of ['2a', '2b', '2y']) expect(readForeignHash(`$${prefix}$10$${'a'.repeat(53)}`)).toBeUndefined();
});
