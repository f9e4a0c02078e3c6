import type { VerifyEmailResult } from '@auth-subgraph/client';
import { useVerifyEmail } from '@auth-subgraph/client/react';
import type { AuthForm, SuccessOf } from '../form/form.types.js';
import { useForm } from '../form/use-form.js';

export type VerifyEmailSuccess = SuccessOf<VerifyEmailResult>;

export interface VerifyEmailFormOptions {
  /** The token from the link in the email. */
  readonly token: string;
  readonly onDone?: ((result: VerifyEmailSuccess) => void) | undefined;
}

/** Verifies the email address of a link when the user presses the button, never by loading the page. */
export function useVerifyEmailForm({ token, onDone }: VerifyEmailFormOptions): AuthForm<never, VerifyEmailSuccess> {
  const verifyEmail = useVerifyEmail();
  return useForm({ fields: {}, run: () => verifyEmail.mutateAsync({ token }), onDone });
}
