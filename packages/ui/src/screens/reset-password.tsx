import type { ReactElement } from 'react';
import type { AuthForm } from '../form/form.types.js';
import { useNewPasswordForm, type NewPasswordSuccess } from '../hooks/use-new-password-form.js';
import { Field, UsernameField } from '../parts/field.js';
import { Form, Link, Submit } from '../parts/form.js';
import { NextLink } from '../parts/next-link.js';
import { Screen, type ScreenView } from '../parts/screen.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { usePasswordHint } from '../parts/use-password-hint.js';
import { useUi, type UiContextValue } from '../provider/ui-context.js';

export interface ResetPasswordProps extends ScreenProps {
  /** The token from the link in the email. */
  readonly token: string;
  /** The address of the account, if you know it: password managers store the new password for it. */
  readonly email?: string | undefined;
  /** Called when the password is changed. Every session has ended. */
  readonly onDone?: ((result: NewPasswordSuccess) => void) | undefined;
}

/** Sets a new password with the link of an email. */
export function ResetPassword({ token, email, onDone, ...props }: ResetPasswordProps): ReactElement {
  const ui = useUi();
  const form = useNewPasswordForm({ token, onDone });
  const view = viewOf(ui, form, <NewPasswordForm form={form} email={email} slots={props.slots} />);
  return <Screen {...props} {...view} name="reset-password" />;
}

function viewOf(
  { messages, links }: UiContextValue,
  form: AuthForm<'newPassword'>,
  children: ReactElement,
): ScreenView {
  const { title, text, doneTitle, done, newLink } = messages.resetPassword;
  const { errors, status } = form;
  if (status === 'done') return { view: 'done', state: status, title: doneTitle, text: done, children: <NextLink /> };
  if (errors.form?.code === 'AUTH_INVALID_TOKEN') {
    // The response to an earlier attempt may have been lost, so the new password may work.
    const again = (
      <>
        <NextLink />
        <Link href={links.forgotPassword}>{newLink}</Link>
      </>
    );
    return { view: 'expired', state: status, title, text: messages.errors.AUTH_INVALID_TOKEN, children: again };
  }
  return { view: 'form', state: status, title, text, notice: { error: errors.form }, children };
}

interface FormProps extends Pick<ScreenProps, 'slots'> {
  readonly form: AuthForm<'newPassword'>;
  readonly email: string | undefined;
}

function NewPasswordForm({ form, email, slots }: FormProps): ReactElement {
  const { messages } = useUi();
  const { fields, errors } = form;
  return (
    <Form form={form}>
      {email !== undefined && <UsernameField email={email} />}
      <Field name="newPassword" input={fields.newPassword} error={errors.newPassword} hint={usePasswordHint()} />
      <Submit form={form} label={messages.resetPassword.submit} slots={slots} />
    </Form>
  );
}
