import { useAuth, useMe } from '@auth-subgraph/client/react';
import type { ReactElement } from 'react';
import type { AuthForm } from '../form/form.types.js';
import { useResendVerificationForm } from '../hooks/use-resend-verification-form.js';
import { useVerifyEmailForm, type VerifyEmailSuccess } from '../hooks/use-verify-email-form.js';
import type { Messages } from '../messages/messages.types.js';
import { Field } from '../parts/field.js';
import { Form, Submit } from '../parts/form.js';
import { mailSentView } from '../parts/mail-sent-view.js';
import { NextLink } from '../parts/next-link.js';
import { Screen, type ScreenView } from '../parts/screen.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { perUser } from '../provider/per-user.js';
import { useUi } from '../provider/ui-context.js';

export interface VerifyEmailProps extends ScreenProps {
  /** The token from the link in the email. */
  readonly token: string;
  /** Called when the address is verified. */
  readonly onDone?: ((result: VerifyEmailSuccess) => void) | undefined;
}

/** Verifies the email address of a link when the user presses the button, never by loading the page. */
export function VerifyEmail({ token, onDone, ...props }: VerifyEmailProps): ReactElement {
  const { messages } = useUi();
  const form = useVerifyEmailForm({ token, onDone });
  const link = useResendVerificationForm();
  const again = useResendVerificationForm({ email: link.sent?.email ?? '' });
  const view = ((): ScreenView => {
    const { sent: text, otherAddress: back } = messages.mail;
    if (link.status === 'done') return mailSentView(messages, { text, form: link, again, back });
    if (form.errors.form?.code === 'AUTH_INVALID_TOKEN') return expiredView(messages, link);
    if (form.errors.form?.code === 'AUTH_EMAIL_ALREADY_VERIFIED') return doneView(messages, true);
    return form.status === 'done' ? doneView(messages, false) : formView(messages, form, props);
  })();
  return <Screen {...props} {...view} name="verify-email" />;
}

function formView({ verifyEmail }: Messages, form: AuthForm<never>, { slots }: ScreenProps): ScreenView {
  return {
    view: 'form',
    state: form.status,
    title: verifyEmail.title,
    text: verifyEmail.text,
    notice: { error: form.errors.form },
    children: (
      <Form form={form}>
        <Submit form={form} label={verifyEmail.submit} slots={slots} />
      </Form>
    ),
  };
}

function doneView({ verifyEmail }: Messages, wasDone: boolean): ScreenView {
  return {
    view: 'done',
    state: 'done',
    title: verifyEmail.doneTitle,
    text: wasDone ? verifyEmail.alreadyDone : verifyEmail.done,
    children: <NextLink />,
  };
}

function expiredView({ verifyEmail, errors }: Messages, link: AuthForm<'email'>): ScreenView {
  return {
    view: 'expired',
    state: link.status === 'idle' ? 'failed' : link.status,
    title: verifyEmail.title,
    text: `${errors.AUTH_INVALID_TOKEN} ${verifyEmail.newLink}`,
    notice: { error: link.errors.form },
    children: <NewLinkForm form={link} />,
  };
}

const NewLinkForm = /* @__PURE__ */ perUser(NewLinkFormOfUser);

function NewLinkFormOfUser({ form }: { form: AuthForm<'email'> }): ReactElement {
  const { messages } = useUi();
  const { status } = useAuth();
  const me = useMe();
  // The address may arrive while the user types. A new default does not replace that.
  const email = (status === 'signedIn' ? me.data?.email : undefined) ?? '';
  return (
    <Form form={form}>
      <Field name="email" input={form.fields.email} error={form.errors.email} defaultValue={email} />
      <Submit form={form} label={messages.profile.sendLink} />
    </Form>
  );
}
