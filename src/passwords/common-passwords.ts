import { dictionary } from '@zxcvbn-ts/language-common';

/** The most common passwords of public leaks, in lower case. @see NIST SP 800-63B-4 §3.1.1.2 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(dictionary['passwords-common']);
