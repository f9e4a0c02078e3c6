import { useMe } from '@auth-subgraph/client/react';
import type { ReactElement } from 'react';
import { useChangePasswordForm, type ChangePasswordSuccess } from '../hooks/use-change-password-form.js';
import { Field, UsernameField } from '../parts/field.js';
import { Form, Submit } from '../parts/form.js';
import { Screen } from '../parts/screen.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { usePasswordHint } from '../parts/use-password-hint.js';
import { perUser } from '../provider/per-user.js';
import { useUi } from '../provider/ui-context.js';

export interface ChangePasswordProps extends ScreenProps {
  /** Called when the password is changed. Every other session has ended. */
  readonly onDone?: ((result: ChangePasswordSuccess) => void) | undefined;
}

/** Changes the password of the signed-in user. */
export const ChangePassword: (props: ChangePasswordProps) => ReactElement =
  /* @__PURE__ */ perUser(ChangePasswordOfUser);

function ChangePasswordOfUser({ onDone, ...props }: ChangePasswordProps): ReactElement {
  const { messages } = useUi();
  const { title, submit, done } = messages.changePassword;
  const email = useMe().data?.email;
  const hint = usePasswordHint();
  const form = useChangePasswordForm({ onDone });
  const { fields, errors, status } = form;
  return (
    <Screen
      {...props}
      name="change-password"
      view="form"
      state={status}
      title={title}
      notice={{ error: errors.form, done: status === 'done' ? done : undefined }}
    >
      <Form form={form}>
        <UsernameField email={email} />
        <Field name="currentPassword" input={fields.currentPassword} error={errors.currentPassword} />
        <Field name="newPassword" input={fields.newPassword} error={errors.newPassword} hint={hint} />
        <Submit form={form} label={submit} slots={props.slots} />
      </Form>
    </Screen>
  );
}
