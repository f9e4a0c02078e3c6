import type { AuthForm } from '../form/form.types.js';
import type { Messages } from '../messages/messages.types.js';
import { useParts, useUi } from '../provider/ui-context.js';
import type { ReactElement } from 'react';
import { Button, Form, Submit } from './form.js';
import type { ScreenView } from './screen.js';

interface MailSent {
  readonly text: string;
  /** The form that requested the email. */
  readonly form: { readonly reset: () => void };
  /** Sends the email again, with the address in its hidden field. */
  readonly again?: AuthForm<'email'> | undefined;
  /** The label of the button that returns to the form. */
  readonly back: string;
}

/** What follows after an email was requested. */
export function mailSentView({ mail }: Messages, { text, form, again, back }: MailSent): ScreenView {
  const done = again?.status === 'done' ? mail.sent : undefined;
  return {
    view: 'sent',
    state: again?.status ?? 'done',
    title: mail.title,
    text,
    notice: { error: again?.errors.form ?? again?.errors.email, done },
    children: <MailSentBody form={form} again={again} back={back} />,
  };
}

function MailSentBody({ form, again, back }: Omit<MailSent, 'text'>): ReactElement {
  const part = useParts();
  const { mail } = useUi().messages;
  const goBack = (): void => {
    again?.reset();
    form.reset();
  };
  return (
    <>
      <p {...part('hint')}>{mail.hint}</p>
      {again && (
        <Form form={again}>
          <input {...again.fields.email} />
          <Submit form={again} label={mail.sendAgain} variant="secondary" />
        </Form>
      )}
      <Button label={back} variant="plain" onPress={goBack} />
    </>
  );
}
