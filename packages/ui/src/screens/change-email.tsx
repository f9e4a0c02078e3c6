import { useMe } from '@auth-subgraph/client/react';
import type { ReactElement } from 'react';
import { useChangeEmailForm, type ChangeEmailSuccess } from '../hooks/use-change-email-form.js';
import { format } from '../messages/format.js';
import { Field, UsernameField } from '../parts/field.js';
import { Form, Submit } from '../parts/form.js';
import { mailSentView } from '../parts/mail-sent-view.js';
import { Screen, type ScreenView } from '../parts/screen.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { perUser } from '../provider/per-user.js';
import { useUi } from '../provider/ui-context.js';

export interface ChangeEmailProps extends ScreenProps {
  /** Called when the email to the new address is requested. */
  readonly onDone?: ((result: ChangeEmailSuccess) => void) | undefined;
}

/** Emails a link to the new address of the signed-in user. */
export const ChangeEmail: (props: ChangeEmailProps) => ReactElement = /* @__PURE__ */ perUser(ChangeEmailOfUser);

function ChangeEmailOfUser({ onDone, ...props }: ChangeEmailProps): ReactElement {
  const { messages } = useUi();
  const { title, text, submit, sent } = messages.changeEmail;
  const current = useMe().data?.email;
  const form = useChangeEmailForm({ onDone });
  const { fields, errors, status } = form;
  const formView = (): ScreenView => ({
    view: 'form',
    state: status,
    title,
    text,
    notice: { error: errors.form },
    children: (
      <Form form={form}>
        <UsernameField email={current} />
        <Field name="newEmail" input={fields.newEmail} error={errors.newEmail} />
        <Field name="currentPassword" input={fields.currentPassword} error={errors.currentPassword} />
        <Submit form={form} label={submit} slots={props.slots} />
      </Form>
    ),
  });
  const email = form.sent?.newEmail ?? '';
  const options = { text: format(sent, { email }), form, back: messages.mail.otherAddress };
  return (
    <Screen {...props} {...(status === 'done' ? mailSentView(messages, options) : formView())} name="change-email" />
  );
}
