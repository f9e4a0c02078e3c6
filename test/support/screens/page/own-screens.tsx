import { SignIn, useErrorTexts, useSignInForm, type SignInProps } from '@auth-subgraph/ui';
import type { ReactElement } from 'react';

/** A screen with the parts of an application in its slots. */
export function WithSlots(props: SignInProps): ReactElement {
  return (
    <SignIn
      {...props}
      className="application"
      slots={{
        header: <p>Acme</p>,
        footer: <a href="/help">Help</a>,
        submit: (button) => <button {...button} id="application-button" />,
      }}
    />
  );
}

/** A form with the markup of an application. */
export function WithHook({ onDone }: SignInProps): ReactElement {
  const { fields, errors, status, submit, reset } = useSignInForm({ onDone });
  const texts = useErrorTexts();
  return (
    <form onSubmit={submit} onReset={reset} noValidate data-status={status}>
      <label htmlFor={fields.email.id}>Email</label>
      <input {...fields.email} />
      <p id={`${fields.email.id}-error`}>{texts(errors.email, { field: 'email' })}</p>
      <label htmlFor={fields.password.id}>Password</label>
      <input {...fields.password} />
      <p id={`${fields.password.id}-error`}>{errors.password?.code}</p>
      <button>Sign in</button>
      <p role="alert">{errors.form?.code}</p>
    </form>
  );
}
