import type { ResetPasswordResult } from '@auth-subgraph/client';
import { useResetPassword } from '@auth-subgraph/client/react';
import { newPassword } from '../form/field-options.js';
import type { AuthForm, SuccessOf } from '../form/form.types.js';
import { useForm } from '../form/use-form.js';
import { forgetful } from './forgetful.js';

export type NewPasswordSuccess = SuccessOf<ResetPasswordResult>;

export interface NewPasswordFormOptions {
  /** The token from the link in the email. */
  readonly token: string;
  readonly onDone?: ((result: NewPasswordSuccess) => void) | undefined;
}

const FIELDS = { newPassword };

/** Sets a new password with the link of an email. */
export function useNewPasswordForm({
  token,
  onDone,
}: NewPasswordFormOptions): AuthForm<'newPassword', NewPasswordSuccess> {
  const resetPassword = useResetPassword();
  return useForm({
    fields: FIELDS,
    run: (values) => forgetful(resetPassword, { ...values, token }),
    places: { AUTH_WEAK_PASSWORD: 'newPassword' },
    onDone,
  });
}
