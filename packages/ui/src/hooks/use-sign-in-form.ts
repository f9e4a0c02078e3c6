import type { LoginResult } from '@auth-subgraph/client';
import { useLogin } from '@auth-subgraph/client/react';
import { currentPassword, username } from '../form/field-options.js';
import type { AuthForm, SuccessOf } from '../form/form.types.js';
import { useForm } from '../form/use-form.js';
import { forgetful } from './forgetful.js';

export type SignInSuccess = SuccessOf<LoginResult>;

export interface SignInFormOptions {
  readonly onDone?: ((result: SignInSuccess) => void) | undefined;
}

const FIELDS = { email: username, password: currentPassword };

/** Signs in with an email address and a password. */
export function useSignInForm({ onDone }: SignInFormOptions = {}): AuthForm<'email' | 'password', SignInSuccess> {
  const login = useLogin();
  return useForm({ fields: FIELDS, run: (values) => forgetful(login, values), onDone });
}
