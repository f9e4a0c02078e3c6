import type { AuthErrorCode, PasswordRule } from '@auth-subgraph/client';
import type { FormErrorCode } from '../messages/messages.types.js';

export type AuthFormStatus = 'idle' | 'pending' | 'failed' | 'done';

export interface AuthFormError {
  readonly code: FormErrorCode;
  /** How long to wait, after `AUTH_ACCOUNT_LOCKED` and `AUTH_TOO_MANY_REQUESTS`. */
  readonly retryAfterSeconds?: number | undefined;
  /** The broken rules of `AUTH_WEAK_PASSWORD`. */
  readonly violations?: readonly PasswordRule[] | undefined;
}

/** The errors by field; `form` has what belongs to no field. */
export type AuthFormErrors<Field extends string> = Readonly<Partial<Record<Field | 'form', AuthFormError>>>;

/** What a field needs besides its place in the form. */
export interface FieldOptions {
  readonly type: 'email' | 'password' | 'text' | 'url' | 'hidden';
  readonly autoComplete: string;
  readonly required?: boolean;
  readonly defaultValue?: string | undefined;
}

/** The attributes of an `<input>`. The element with the error needs the id in `aria-describedby`. */
export interface AuthFieldProps extends FieldOptions {
  readonly id: string;
  readonly name: string;
  readonly required: boolean;
  readonly autoCapitalize: 'none' | undefined;
  readonly spellCheck: false | undefined;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-describedby': string | undefined;
}

/** The submit event of a form, in every version of React. */
export interface AuthSubmitEvent {
  readonly currentTarget: HTMLFormElement;
  preventDefault(): void;
}

/** A form without markup. */
export interface AuthForm<Field extends string, Success = unknown> {
  /** To spread on the `<input>` elements. The fields are uncontrolled: what is in them when the form is sent counts. */
  readonly fields: Readonly<Record<Field, AuthFieldProps>>;
  readonly errors: AuthFormErrors<Field>;
  readonly status: AuthFormStatus;
  /** The answer of the service; undefined unless `status` is `done`. */
  readonly result: Success | undefined;
  /** The values that were sent last, without passwords. */
  readonly sent: Readonly<Partial<Record<Field, string>>> | undefined;
  /** For `<form onSubmit>`. Ignored while a request runs. Moves the focus to the first field with an error. */
  readonly submit: (event: AuthSubmitEvent) => void;
  /**
   * Returns to `idle`. Does not cancel a request that runs, but drops its outcome: `onDone` is not called, and the form can
   * be sent again at once.
   */
  readonly reset: () => void;
}

/** A member of a result union that is an expected failure. */
export interface FailedResult {
  readonly code: AuthErrorCode;
  readonly field?: string;
  readonly retryAfterSeconds?: number;
  readonly violations?: readonly PasswordRule[];
}

export type SuccessOf<Result> = Exclude<Result, { readonly code: AuthErrorCode }>;
