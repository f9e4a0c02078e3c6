import { TooManyRequestsError } from '../errors/errors.js';
import type { PasswordHasher } from '../credentials/password-hasher.js';
import type { Mailer } from '../email/mailer.js';
import type { Metrics } from '../observability/metrics.js';

/** The algorithm in a hash, such as `2b` in bcrypt's or `argon2id`. */
const ALGORITHM = /^\$([a-z0-9-]{1,20})\$/;
const BCRYPT = /^2[aby]$/;

/** Measures a hasher. */
export function measuredHasher(hasher: PasswordHasher, metrics: Metrics): PasswordHasher {
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      const result = await work();
      metrics.hashed((performance.now() - start) / 1000);
      return result;
    } catch (error) {
      if (error instanceof TooManyRequestsError) metrics.passwordRefused();
      throw error;
    }
  };
  return {
    get level() {
      return hasher.level ?? 0;
    },
    needsRehash: (hash) => hasher.needsRehash(hash),
    hash: (password) => timed(() => hasher.hash(password)),
    async verify(password, hash, caller) {
      const isCorrect = await timed(() => hasher.verify(password, hash, caller));
      metrics.verification(algorithmOf(hash), isCorrect ? 'correct' : 'wrong');
      return isCorrect;
    },
  };
}

/** `none` for accounts that do not exist. */
function algorithmOf(hash: string | undefined): string {
  if (hash === undefined) return 'none';
  const [, algorithm = 'unknown'] = ALGORITHM.exec(hash) ?? [];
  return BCRYPT.test(algorithm) ? 'bcrypt' : algorithm;
}

/** Measures a mailer. */
export function measuredMailer(mailer: Mailer, metrics: Metrics): Mailer {
  return {
    senderAddress: mailer.senderAddress,
    async send(mail) {
      // The id begins with the kind.
      const kind = mail.id.split('.', 1).join('');
      try {
        await mailer.send(mail);
        metrics.email(kind, 'sent');
      } catch (error) {
        metrics.email(kind, 'failed');
        throw error;
      }
    },
    async close() {
      await mailer.close?.();
    },
  };
}
