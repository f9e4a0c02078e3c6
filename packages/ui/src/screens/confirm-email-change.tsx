import { useAuth } from '@auth-subgraph/client/react';
import type { ReactElement } from 'react';
import type { AuthForm } from '../form/form.types.js';
import { useConfirmEmailChangeForm, type ConfirmEmailChangeSuccess } from '../hooks/use-change-email-form.js';
import { format } from '../messages/format.js';
import { Form, Submit } from '../parts/form.js';
import { NextLink } from '../parts/next-link.js';
import { Screen, type ScreenView } from '../parts/screen.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { perUser } from '../provider/per-user.js';
import { useUi } from '../provider/ui-context.js';

export interface ConfirmEmailChangeProps extends ScreenProps {
  /** The token from the link in the email. */
  readonly token: string;
  /** Called when the address is changed. Every other session has ended. */
  readonly onDone?: ((result: ConfirmEmailChangeSuccess) => void) | undefined;
}

/**
 * Changes the email address with the link of an email when the user presses the button. Needs a session of the account
 * that asked for it.
 */
export const ConfirmEmailChange: (props: ConfirmEmailChangeProps) => ReactElement =
  /* @__PURE__ */ perUser(ConfirmEmailChangeOfUser);

function ConfirmEmailChangeOfUser({ token, onDone, ...props }: ConfirmEmailChangeProps): ReactElement {
  const form = useConfirmEmailChangeForm({ token, onDone });
  const isSignedOut = useAuth().status === 'signedOut';
  const view = useView(form, isSignedOut, props);
  return <Screen {...props} {...view} name="confirm-email-change" />;
}

function useView(
  form: AuthForm<never, ConfirmEmailChangeSuccess>,
  isSignedOut: boolean,
  props: ScreenProps,
): ScreenView {
  const { messages } = useUi();
  const { title, text, submit, doneTitle, done, expired, signInFirst } = messages.confirmEmailChange;
  const { status, result, errors } = form;
  const code = errors.form?.code;
  // The response to an earlier attempt may have been lost.
  if (result || code === 'AUTH_EMAIL_ALREADY_VERIFIED') {
    const doneText = result
      ? format(done, { email: result.user.email ?? undefined })
      : messages.verifyEmail.alreadyDone;
    return { view: 'done', state: 'done', title: doneTitle, text: doneText, children: <NextLink /> };
  }
  if (code === 'AUTH_INVALID_TOKEN' || code === 'AUTH_EMAIL_ALREADY_EXISTS') {
    const reason = code === 'AUTH_INVALID_TOKEN' ? expired : messages.errors[code];
    return { view: 'expired', state: status, title, text: reason, children: <NextLink /> };
  }
  if (isSignedOut) return { view: 'signed-out', state: status, title, text: signInFirst, children: <NextLink /> };
  const button = (
    <Form form={form}>
      <Submit form={form} label={submit} slots={props.slots} />
    </Form>
  );
  return { view: 'form', state: status, title, text, notice: { error: errors.form }, children: button };
}
