import type { ReactElement } from 'react';
import { useResendVerificationForm } from '../hooks/use-resend-verification-form.js';
import { useSignInForm, type SignInSuccess } from '../hooks/use-sign-in-form.js';
import type { AuthForm } from '../form/form.types.js';
import { format } from '../messages/format.js';
import { Field } from '../parts/field.js';
import { Form, Link, Submit } from '../parts/form.js';
import { mailSentView } from '../parts/mail-sent-view.js';
import { Screen, type ScreenView } from '../parts/screen.js';
import type { AuthSlots, ScreenProps } from '../parts/screen.types.js';
import { useUi, type UiContextValue } from '../provider/ui-context.js';

export interface SignInProps extends ScreenProps {
  /** Called when the user is signed in. */
  readonly onDone?: ((result: SignInSuccess) => void) | undefined;
}

type SignInForm = AuthForm<'email' | 'password', SignInSuccess>;

/** Signs in with an email address and a password. */
export function SignIn({ onDone, ...props }: SignInProps): ReactElement {
  const ui = useUi();
  const { messages } = ui;
  const form = useSignInForm({ onDone });
  const email = form.sent?.email ?? '';
  const again = useResendVerificationForm({ email });
  const isUnverified = form.errors.form?.code === 'AUTH_EMAIL_NOT_VERIFIED';
  const text = format(messages.errors.AUTH_EMAIL_NOT_VERIFIED, { email });
  const view = isUnverified
    ? mailSentView(messages, { text, form, again, back: messages.common.backToSignIn })
    : formView(ui, form, props.slots);
  return <Screen {...props} {...view} name="sign-in" />;
}

function formView({ messages, links, settings }: UiContextValue, form: SignInForm, slots?: AuthSlots): ScreenView {
  const { title, submit, forgotPassword, noAccount, signUp } = messages.signIn;
  const hasSignUp = links.signUp !== undefined && settings.registrationEnabled === true;
  const hasLinks = hasSignUp || links.forgotPassword !== undefined;
  return {
    view: 'form',
    state: form.status,
    title,
    notice: { error: form.errors.form },
    children: (
      <Form form={form}>
        <Field name="email" input={form.fields.email} error={form.errors.email} defaultValue={form.sent?.email} />
        <Field name="password" input={form.fields.password} error={form.errors.password} />
        <Submit form={form} label={submit} slots={slots} />
      </Form>
    ),
    footer: hasLinks && (
      <>
        <Link href={links.forgotPassword}>{forgotPassword}</Link>
        {hasSignUp && (
          <p>
            {noAccount} <Link href={links.signUp}>{signUp}</Link>
          </p>
        )}
      </>
    ),
  };
}
