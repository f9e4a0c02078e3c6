import type { AcceptInvitationResult } from '@auth-subgraph/client';
import { useAcceptInvitation } from '@auth-subgraph/client/react';
import { newPassword } from '../form/field-options.js';
import type { AuthForm, SuccessOf } from '../form/form.types.js';
import { useForm } from '../form/use-form.js';
import { forgetful } from './forgetful.js';

export type AcceptInvitationSuccess = SuccessOf<AcceptInvitationResult>;

export interface AcceptInvitationFormOptions {
  /** The token from the link in the email. */
  readonly token: string;
  readonly onDone?: ((result: AcceptInvitationSuccess) => void) | undefined;
}

const FIELDS = { password: newPassword };

/** Sets the first password of an invited user, who is then signed in. */
export function useAcceptInvitationForm({
  token,
  onDone,
}: AcceptInvitationFormOptions): AuthForm<'password', AcceptInvitationSuccess> {
  const acceptInvitation = useAcceptInvitation();
  return useForm({
    fields: FIELDS,
    run: (values) => forgetful(acceptInvitation, { ...values, token }),
    places: { AUTH_WEAK_PASSWORD: 'password' },
    onDone,
  });
}
