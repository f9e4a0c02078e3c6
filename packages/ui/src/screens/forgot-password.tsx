import type { ReactElement } from 'react';
import { useForgotPasswordForm, type ForgotPasswordSuccess } from '../hooks/use-forgot-password-form.js';
import { format } from '../messages/format.js';
import { Field } from '../parts/field.js';
import { Form, Link, Submit } from '../parts/form.js';
import { mailSentView } from '../parts/mail-sent-view.js';
import { Screen, type ScreenView } from '../parts/screen.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { useUi } from '../provider/ui-context.js';

export interface ForgotPasswordProps extends ScreenProps {
  /** Called when the email is requested, whether or not there is an account. */
  readonly onDone?: ((result: ForgotPasswordSuccess) => void) | undefined;
}

/** Emails a link that resets the password. */
export function ForgotPassword({ onDone, ...props }: ForgotPasswordProps): ReactElement {
  const { messages, links } = useUi();
  const { title, text, submit, sent } = messages.forgotPassword;
  const form = useForgotPasswordForm({ onDone });
  const email = form.sent?.email ?? '';
  const again = useForgotPasswordForm({ email });
  const formView = (): ScreenView => ({
    view: 'form',
    state: form.status,
    title,
    text,
    notice: { error: form.errors.form },
    children: (
      <Form form={form}>
        <Field name="email" input={form.fields.email} error={form.errors.email} defaultValue={form.sent?.email} />
        <Submit form={form} label={submit} slots={props.slots} />
      </Form>
    ),
  });
  const sentText = format(sent, { email });
  const view =
    form.status === 'done'
      ? mailSentView(messages, { text: sentText, form, again, back: messages.mail.otherAddress })
      : formView();
  const footer = links.signIn !== undefined && <Link href={links.signIn}>{messages.common.backToSignIn}</Link>;
  return <Screen {...props} {...view} name="forgot-password" footer={footer} />;
}
