import type { ForgotPasswordResult } from '@auth-subgraph/client';
import { useForgotPassword } from '@auth-subgraph/client/react';
import { knownOr, username } from '../form/field-options.js';
import type { AuthForm, SuccessOf } from '../form/form.types.js';
import { useForm } from '../form/use-form.js';

export type ForgotPasswordSuccess = SuccessOf<ForgotPasswordResult>;

export interface ForgotPasswordFormOptions {
  /** The address, if it is known; the field is hidden then. */
  readonly email?: string | undefined;
  readonly onDone?: ((result: ForgotPasswordSuccess) => void) | undefined;
}

/** Emails a link that resets the password. */
export function useForgotPasswordForm({ email, onDone }: ForgotPasswordFormOptions = {}): AuthForm<
  'email',
  ForgotPasswordSuccess
> {
  const forgotPassword = useForgotPassword();
  return useForm({
    fields: { email: knownOr(username, email) },
    run: (values) => forgotPassword.mutateAsync(values),
    onDone,
  });
}
