import type { ReactElement } from 'react';
import type { AuthForm } from '../form/form.types.js';
import { useResendVerificationForm } from '../hooks/use-resend-verification-form.js';
import { useSignUpForm, type SignUpField, type SignUpSuccess } from '../hooks/use-sign-up-form.js';
import { format } from '../messages/format.js';
import { Field } from '../parts/field.js';
import { Form, Link, Submit } from '../parts/form.js';
import { mailSentView } from '../parts/mail-sent-view.js';
import { Screen, type ScreenView } from '../parts/screen.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { usePasswordHint } from '../parts/use-password-hint.js';
import { useParts, useUi, type UiContextValue } from '../provider/ui-context.js';

export interface SignUpProps extends ScreenProps {
  /** Called when the account exists: with `LoginSuccess`, or with `EmailVerificationRequired`. */
  readonly onDone?: ((result: SignUpSuccess) => void) | undefined;
  /**
   * Whether the form asks for the name, which is optional.
   * @default true
   */
  readonly names?: boolean | undefined;
}

type SignUpForm = AuthForm<SignUpField, SignUpSuccess>;

/** Creates an account. */
export function SignUp({ onDone, names = true, ...props }: SignUpProps): ReactElement {
  const ui = useUi();
  const { messages } = ui;
  const form = useSignUpForm({ locale: ui.locale, onDone });
  const email = form.sent?.email ?? '';
  const again = useResendVerificationForm({ email });
  const text = format(messages.signUp.sent, { email });
  const view =
    form.result?.__typename === 'EmailVerificationRequired'
      ? mailSentView(messages, { text, form, again, back: messages.mail.otherAddress })
      : formView(ui, form, <Fields form={form} names={names} slots={props.slots} />);
  return <Screen {...props} {...view} name="sign-up" />;
}

function formView({ messages, links }: UiContextValue, form: SignUpForm, children: ReactElement): ScreenView {
  const { title, haveAccount, signIn } = messages.signUp;
  return {
    view: 'form',
    state: form.status,
    title,
    notice: { error: form.errors.form },
    children,
    footer: links.signIn !== undefined && (
      <p>
        {haveAccount} <Link href={links.signIn}>{signIn}</Link>
      </p>
    ),
  };
}

function Fields({
  form,
  names,
  slots,
}: { form: SignUpForm; names: boolean } & Pick<ScreenProps, 'slots'>): ReactElement {
  const { messages } = useUi();
  const part = useParts();
  const { fields, errors } = form;
  return (
    <Form form={form}>
      {names && (
        <div {...part('row')}>
          <Field
            name="firstName"
            input={fields.firstName}
            error={errors.firstName}
            defaultValue={form.sent?.firstName}
          />
          <Field name="lastName" input={fields.lastName} error={errors.lastName} defaultValue={form.sent?.lastName} />
        </div>
      )}
      <Field name="email" input={fields.email} error={errors.email} defaultValue={form.sent?.email} />
      <Field name="password" input={fields.password} error={errors.password} hint={usePasswordHint()} />
      <Submit form={form} label={messages.signUp.submit} slots={slots} />
    </Form>
  );
}
