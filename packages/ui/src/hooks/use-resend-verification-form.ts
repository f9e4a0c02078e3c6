import type { ResendVerificationResult } from '@auth-subgraph/client';
import { useResendVerification } from '@auth-subgraph/client/react';
import { knownOr, username } from '../form/field-options.js';
import type { AuthForm, SuccessOf } from '../form/form.types.js';
import { useForm } from '../form/use-form.js';

export type ResendVerificationSuccess = SuccessOf<ResendVerificationResult>;

export interface ResendVerificationFormOptions {
  /** The address, if it is known; the field is hidden then. */
  readonly email?: string | undefined;
  readonly onDone?: ((result: ResendVerificationSuccess) => void) | undefined;
}

/** Emails another link that verifies an address. */
export function useResendVerificationForm({ email, onDone }: ResendVerificationFormOptions = {}): AuthForm<
  'email',
  ResendVerificationSuccess
> {
  const resend = useResendVerification();
  return useForm({
    fields: { email: knownOr(username, email) },
    run: (values) => resend.mutateAsync(values),
    onDone,
  });
}
