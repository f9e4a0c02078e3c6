import type { ChangeEmailResult, ConfirmEmailChangeResult } from '@auth-subgraph/client';
import { useChangeEmail, useConfirmEmailChange } from '@auth-subgraph/client/react';
import { currentPassword, emailAddress } from '../form/field-options.js';
import type { AuthForm, SuccessOf } from '../form/form.types.js';
import { useForm } from '../form/use-form.js';
import { forgetful } from './forgetful.js';

export type ChangeEmailSuccess = SuccessOf<ChangeEmailResult>;
export type ConfirmEmailChangeSuccess = SuccessOf<ConfirmEmailChangeResult>;

export interface ChangeEmailFormOptions {
  readonly onDone?: ((result: ChangeEmailSuccess) => void) | undefined;
}

export interface ConfirmEmailChangeFormOptions {
  /** The token from the link in the email. */
  readonly token: string;
  readonly onDone?: ((result: ConfirmEmailChangeSuccess) => void) | undefined;
}

const FIELDS = { newEmail: emailAddress, currentPassword };

/** Emails a link to the new address of the signed-in user. */
export function useChangeEmailForm({ onDone }: ChangeEmailFormOptions = {}): AuthForm<
  'newEmail' | 'currentPassword',
  ChangeEmailSuccess
> {
  const changeEmail = useChangeEmail();
  return useForm({
    fields: FIELDS,
    run: (values) => forgetful(changeEmail, values),
    places: { AUTH_INVALID_CREDENTIALS: 'currentPassword' },
    onDone,
  });
}

/** Changes the email address with the link of an email when the user presses the button. */
export function useConfirmEmailChangeForm({
  token,
  onDone,
}: ConfirmEmailChangeFormOptions): AuthForm<never, ConfirmEmailChangeSuccess> {
  const confirmEmailChange = useConfirmEmailChange();
  return useForm({ fields: {}, run: () => confirmEmailChange.mutateAsync({ token }), onDone });
}
