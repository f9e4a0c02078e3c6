import type { ReactElement } from 'react';
import type { AuthForm } from '../form/form.types.js';
import { useAcceptInvitationForm, type AcceptInvitationSuccess } from '../hooks/use-accept-invitation-form.js';
import { Field, UsernameField } from '../parts/field.js';
import { Form, Submit } from '../parts/form.js';
import { NextLink } from '../parts/next-link.js';
import { Screen, type ScreenView } from '../parts/screen.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { usePasswordHint } from '../parts/use-password-hint.js';
import { useUi } from '../provider/ui-context.js';
import type { Messages } from '../messages/messages.types.js';

export interface AcceptInvitationProps extends ScreenProps {
  /** The token from the link in the email. */
  readonly token: string;
  /** The address of the account, if you know it: password managers store the password for it. */
  readonly email?: string | undefined;
  /** Called when the user is signed in. */
  readonly onDone?: ((result: AcceptInvitationSuccess) => void) | undefined;
}

/** Sets the first password of an invited user, and signs in. */
export function AcceptInvitation({ token, email, onDone, ...props }: AcceptInvitationProps): ReactElement {
  const { messages } = useUi();
  const form = useAcceptInvitationForm({ token, onDone });
  const { fields, errors } = form;
  const children = (
    <Form form={form}>
      {email !== undefined && <UsernameField email={email} />}
      <Field name="password" input={fields.password} error={errors.password} hint={usePasswordHint()} />
      <Submit form={form} label={messages.acceptInvitation.submit} slots={props.slots} />
    </Form>
  );
  return <Screen {...props} {...viewOf(messages, form, children)} name="accept-invitation" />;
}

function viewOf(messages: Messages, { errors, status }: AuthForm<'password'>, children: ReactElement): ScreenView {
  const { title, text, doneTitle, done, expired } = messages.acceptInvitation;
  if (status === 'done') return { view: 'done', state: status, title: doneTitle, text: done, children: <NextLink /> };
  if (errors.form?.code === 'AUTH_INVALID_TOKEN')
    return { view: 'expired', state: status, title, text: expired, children: <NextLink /> };
  return { view: 'form', state: status, title, text, notice: { error: errors.form }, children };
}
