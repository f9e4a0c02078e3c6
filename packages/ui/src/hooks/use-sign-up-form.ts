import type { RegisterResult } from '@auth-subgraph/client';
import { useRegister } from '@auth-subgraph/client/react';
import { emailAddress, familyName, givenName, newPassword } from '../form/field-options.js';
import type { AuthForm, SuccessOf } from '../form/form.types.js';
import { useForm } from '../form/use-form.js';
import { forgetful } from './forgetful.js';

/** `EmailVerificationRequired` if the address has to be verified before the first sign-in. */
export type SignUpSuccess = SuccessOf<RegisterResult>;
export type SignUpField = 'firstName' | 'lastName' | 'email' | 'password';

export interface SignUpFormOptions {
  /** The BCP 47 tag of the user's language, such as `de-CH`, which emails follow. `<SignUp>` gives that of `AuthUi`. */
  readonly locale?: string | undefined;
  readonly onDone?: ((result: SignUpSuccess) => void) | undefined;
}

/** The service keeps tags of up to 35 characters. Extensions, such as that for a calendar, make longer ones. */
const withinLimit = (locale: string): string => (locale.length > 35 ? locale.replace(/-\w-.*/, '') : locale);

const FIELDS = { firstName: givenName, lastName: familyName, email: emailAddress, password: newPassword };

/** Creates an account. Fields that the form leaves out are sent empty. */
export function useSignUpForm({ locale, onDone }: SignUpFormOptions = {}): AuthForm<SignUpField, SignUpSuccess> {
  const register = useRegister();
  return useForm({
    fields: FIELDS,
    run: ({ firstName, lastName, ...values }) =>
      forgetful(register, {
        ...values,
        firstName: firstName || null,
        lastName: lastName || null,
        locale: locale === undefined ? null : withinLimit(locale),
      }),
    places: { AUTH_EMAIL_ALREADY_EXISTS: 'email', AUTH_WEAK_PASSWORD: 'password' },
    onDone,
  });
}
