import { isUuid } from '../../platform/random.js';
import { normalizeEmailAddress } from './email-address.js';

/** How an operator names an account. */
export type AccountName = { readonly id: string } | { readonly email: string };

/** Reads the address or id of an account; `undefined` if the text is neither. */
export function readAccountName(text: string): AccountName | undefined {
  if (isUuid(text)) return { id: text };
  const email = normalizeEmailAddress(text);
  return email === undefined ? undefined : { email };
}
