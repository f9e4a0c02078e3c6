/** Recognises passwords that guessers try first. */
export interface CommonPasswords {
  has(password: string): boolean;
}

/** A longer password is not on anybody's list, whatever it is made of. */
const MAX_ANALYZED_LENGTH = 32;
/** The library's own default of 512 takes a tenth of a second for passwords that are crafted to be slow. */
const MAX_SUBSTITUTIONS = 10;
/** Scores run from 0 to 4. Below 2, a million guesses are enough, which an online attack can afford. */
const FIRST_UNCOMMON_SCORE = 2;
const MIN_WORD_LENGTH = 3;
const SEPARATORS = /[^\p{L}\p{N}]+/u;

/**
 * Loads what recognises the most common passwords of public leaks, also with letters replaced by digits, in another
 * case or with a few characters added, and predictable ones: repeats, sequences, keyboard walks, dates, and names of
 * the service. Takes a tenth of a second and 20 MB, so load it when the first password needs it.
 * @see NIST SP 800-63B-4 §3.1.1.2, OWASP ASVS 5.0 §6.2.4
 */
export async function loadCommonPasswords(names: readonly string[]): Promise<CommonPasswords> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }, { LEAKED_PASSWORDS }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('./leaked-passwords.js'),
  ]);
  const estimator = new ZxcvbnFactory({
    dictionary: { passwords: dictionary['passwords-common'], leaked: [...LEAKED_PASSWORDS] },
    graphs: adjacencyGraphs,
    maxLength: MAX_ANALYZED_LENGTH,
    l33tMaxSubstitutions: MAX_SUBSTITUTIONS,
  });
  const words = names.flatMap((name) => [name, joined(name), ...name.split(SEPARATORS)]);
  const known = words.filter((word) => word.length >= MIN_WORD_LENGTH);
  return {
    has: (password) => {
      if (password.length > MAX_ANALYZED_LENGTH) return false;
      return [password, joined(password)].some((text) => {
        const { score, sequence } = estimator.check(text, known);
        // A password in which nothing is recognised is at worst short, which another rule checks.
        return score < FIRST_UNCOMMON_SCORE && sequence.some(({ pattern }) => pattern !== 'bruteforce');
      });
    },
  };
}

/** Without what stands between letters and digits. */
function joined(text: string): string {
  return text.split(SEPARATORS).join('');
}
