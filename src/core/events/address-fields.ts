/** The fields of events that hold an email address. */
export const ADDRESS_FIELDS: ReadonlySet<string> = new Set(['email', 'newEmail', 'previousEmail']);
