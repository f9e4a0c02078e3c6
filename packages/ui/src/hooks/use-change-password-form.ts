import type { ChangePasswordResult } from '@auth-subgraph/client';
import { useChangePassword } from '@auth-subgraph/client/react';
import { currentPassword, newPassword } from '../form/field-options.js';
import type { AuthForm, SuccessOf } from '../form/form.types.js';
import { useForm } from '../form/use-form.js';
import { forgetful } from './forgetful.js';

export type ChangePasswordSuccess = SuccessOf<ChangePasswordResult>;

export interface ChangePasswordFormOptions {
  readonly onDone?: ((result: ChangePasswordSuccess) => void) | undefined;
}

const FIELDS = { currentPassword, newPassword };

/** Changes the password of the signed-in user. */
export function useChangePasswordForm({ onDone }: ChangePasswordFormOptions = {}): AuthForm<
  'currentPassword' | 'newPassword',
  ChangePasswordSuccess
> {
  const changePassword = useChangePassword();
  return useForm({
    fields: FIELDS,
    run: (values) => forgetful(changePassword, values),
    places: { AUTH_INVALID_CREDENTIALS: 'currentPassword', AUTH_WEAK_PASSWORD: 'newPassword' },
    onDone,
    resets: true,
  });
}
