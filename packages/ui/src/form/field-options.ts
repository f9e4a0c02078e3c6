import type { FieldOptions } from './form.types.js';

// The autocomplete tokens are those of WCAG 1.3.5 and of the HTML standard; password managers go by them.

/** The address of an account that exists. */
export const username: FieldOptions = { type: 'email', autoComplete: 'username', required: true };
export const emailAddress: FieldOptions = { type: 'email', autoComplete: 'email', required: true };
export const currentPassword: FieldOptions = { type: 'password', autoComplete: 'current-password', required: true };
export const newPassword: FieldOptions = { type: 'password', autoComplete: 'new-password', required: true };
export const givenName: FieldOptions = { type: 'text', autoComplete: 'given-name' };
export const familyName: FieldOptions = { type: 'text', autoComplete: 'family-name' };
export const nickname: FieldOptions = { type: 'text', autoComplete: 'nickname' };
export const photo: FieldOptions = { type: 'url', autoComplete: 'photo' };

/** A hidden field if its value is known. */
export function knownOr(options: FieldOptions, value: string | undefined): FieldOptions {
  return value === undefined ? options : { ...options, type: 'hidden', defaultValue: value };
}
