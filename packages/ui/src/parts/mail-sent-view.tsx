import type { AuthForm } from '../form/form.types.js';
import type { Messages } from '../messages/messages.types.js';
import { useParts, useUi } from '../provider/ui-context.js';
import type { ReactElement } from 'react';
import { Button, Form, Submit } from './form.js';
import type { ScreenView } from './screen.js';

interface MailSent {
  readonly text: string;
  /** Sends the email again, with the address in its hidden field. */
  readonly again?: AuthForm<'email'> | undefined;
  /** The label of the button that returns to the form. */
  readonly back: string;
  readonly onBack: () => void;
}

/** What follows after an email was requested. */
export function mailSentView({ mail }: Messages, { text, again, back, onBack }: MailSent): ScreenView {
  const done = again?.status === 'done' ? mail.sent : undefined;
  return {
    view: 'sent',
    state: again?.status ?? 'done',
    title: mail.title,
    text,
    notice: { error: again?.errors.form ?? again?.errors.email, done },
    children: <MailSentBody again={again} back={back} onBack={onBack} />,
  };
}

function MailSentBody({ again, back, onBack }: Pick<MailSent, 'again' | 'back' | 'onBack'>): ReactElement {
  const part = useParts();
  const { mail } = useUi().messages;
  return (
    <>
      <p {...part('hint')}>{mail.hint}</p>
      {again && (
        <Form form={again}>
          <input {...again.fields.email} />
          <Submit form={again} label={mail.sendAgain} variant="secondary" />
        </Form>
      )}
      <Button label={back} variant="plain" onPress={onBack} />
    </>
  );
}
