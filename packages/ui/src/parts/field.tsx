import { useState, type ReactElement } from 'react';
import type { AuthFieldProps, AuthFormError } from '../form/form.types.js';
import type { FieldName } from '../messages/messages.types.js';
import { useErrorTexts } from '../provider/use-error-texts.js';
import { useParts, useUi } from '../provider/ui-context.js';
import { RevealIcon } from './reveal-icon.js';

interface Props {
  readonly name: FieldName;
  readonly input: AuthFieldProps;
  readonly error: AuthFormError | undefined;
  /** What is asked of the value. */
  readonly hint?: string | undefined;
  readonly defaultValue?: string | undefined;
}

/** A labelled field with its error. */
export function Field({ name, input, error, hint, defaultValue }: Props): ReactElement {
  const part = useParts();
  const { messages } = useUi();
  const texts = useErrorTexts()(error, { field: name });
  const hintId = hint === undefined ? undefined : `${input.id}-hint`;
  const describedBy = [input['aria-describedby'], hintId].filter(Boolean).join(' ') || undefined;
  const props = { ...input, 'aria-describedby': describedBy, ...(defaultValue !== undefined && { defaultValue }) };
  return (
    <div {...part('field', error === undefined ? 'valid' : 'invalid')}>
      <label {...part('label')} htmlFor={input.id}>
        {messages.fields[name].label}
        {!input.required && <span {...part('optional')}> ({messages.common.optional})</span>}
      </label>
      {input.type === 'password' ? <PasswordInput input={props} /> : <input {...part('input')} {...props} />}
      {texts.length > 0 && (
        <div {...part('error')} id={`${input.id}-error`} role="alert">
          {texts.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      )}
      {hint !== undefined && (
        <p {...part('hint')} id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}

function PasswordInput({ input }: { input: AuthFieldProps }): ReactElement {
  const part = useParts();
  const { messages } = useUi();
  const [isShown, setIsShown] = useState(false);
  const { showPassword, hidePassword } = messages.common;
  return (
    <div {...part('control')}>
      <input
        {...part('input')}
        {...input}
        type={isShown ? 'text' : 'password'}
        autoCapitalize="none"
        spellCheck={false}
      />
      <button
        {...part('reveal', isShown ? 'shown' : 'hidden')}
        type="button"
        aria-label={isShown ? hidePassword : showPassword}
        aria-controls={input.id}
        onClick={() => setIsShown(!isShown)}
      >
        <RevealIcon isShown={isShown} />
      </button>
    </div>
  );
}

/**
 * The address of the account, where a password manager looks for it. It is there from the beginning, even if it is not known
 * yet: a browser would fill the address that it has saved into another field.
 */
export function UsernameField({ email }: { email: string | null | undefined }): ReactElement {
  const { messages } = useUi();
  const part = useParts();
  return (
    <div {...part('field', 'valid')}>
      <label {...part('label')}>
        {messages.fields.email.label}
        <input {...part('input')} type="email" name="username" autoComplete="username" readOnly value={email ?? ''} />
      </label>
    </div>
  );
}
