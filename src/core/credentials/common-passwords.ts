import { inLatinLayout } from './keyboard-layouts.js';

/** Recognises passwords that attackers try first. */
export interface CommonPasswords {
  /** @param names names that have to do with the user */
  has(password: string, names: readonly string[]): boolean;
}

/** Longer passwords are not on any list of common passwords. Only repeats and names are found among them. */
const MAX_ANALYZED_LENGTH = 32;
/** With the library's default of 512, a password crafted to be slow takes 100 ms. */
const MAX_SUBSTITUTIONS = 10;
/** Scores range from 0 to 4. A score below 2 means at most a million guesses, which is feasible in an online attack. */
const FIRST_UNCOMMON_SCORE = 2;
const MIN_WORD_LENGTH = 3;
const SEPARATORS = /[^\p{L}\p{N}]+/u;

/**
 * Loads the check for common and predictable passwords: the most common passwords of public leaks and their variants
 * (letters replaced by digits, changed case, a few added characters), repeats, sequences, keyboard walks, dates and the
 * given names. Compatible characters count as equal, and so do the keys of other keyboard layouts. Takes 100 ms and 20 MB,
 * so load it when the first password needs it.
 * @see NIST SP 800-63B-4 §3.1.1.2, OWASP ASVS 5.0 §6.2.4
 */
export async function loadCommonPasswords(names: readonly string[]): Promise<CommonPasswords> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }, { LEAKED_PASSWORDS }, { FREQUENT_WORDS }] =
    await Promise.all([
      import('@zxcvbn-ts/core'),
      import('@zxcvbn-ts/language-common'),
      import('./leaked-passwords.js'),
      import('./frequent-words.js'),
    ]);
  const estimator = new ZxcvbnFactory({
    dictionary: {
      passwords: dictionary['passwords-common'],
      leaked: [...LEAKED_PASSWORDS],
      frequent: [...FREQUENT_WORDS],
    },
    graphs: adjacencyGraphs,
    maxLength: MAX_ANALYZED_LENGTH,
    l33tMaxSubstitutions: MAX_SUBSTITUTIONS,
  });
  return {
    has: (password, userNames) => {
      const known = wordsOf([...names, ...userNames]);
      return formsOf(password).some((text) => {
        if (isRepeat(text)) return true;
        if (text.length > MAX_ANALYZED_LENGTH) return isOneOf(known, text);
        const { score, sequence } = estimator.check(text, known);
        // A password without any known pattern can only be too short, which another rule checks.
        return score < FIRST_UNCOMMON_SCORE && sequence.some(({ pattern }) => pattern !== 'bruteforce');
      });
    },
  };
}

function wordsOf(names: readonly string[]): string[] {
  const words = names.flatMap((name) => [name, joined(name), ...name.split(SEPARATORS)]);
  return words.filter((word) => word.length >= MIN_WORD_LENGTH);
}

/** The texts that a password may stand for. */
function formsOf(password: string): string[] {
  const compatible = password.normalize('NFKC');
  const typed = [password, compatible, inLatinLayout(compatible)];
  return [...new Set(typed.flatMap((text) => [text, joined(text)]))];
}

/** Whether a text is one part again and again, the last time perhaps in part. */
function isRepeat(text: string): boolean {
  const lower = text.toLowerCase();
  for (let length = 1; length <= lower.length / 2; length += 1) if (lower.startsWith(lower.slice(length))) return true;
  return false;
}

function isOneOf(words: readonly string[], text: string): boolean {
  const lower = text.toLowerCase();
  return words.some((word) => word.toLowerCase() === lower);
}

/** Keeps only letters and digits. */
function joined(text: string): string {
  return text.split(SEPARATORS).join('');
}
