import type { ReactElement, ReactNode } from 'react';
import type { AuthSubmitEvent } from '../form/form.types.js';
import { useParts } from '../provider/ui-context.js';
import type { AuthSlots } from './screen.types.js';

interface FormProps {
  readonly form: { readonly status: string; readonly submit: (event: AuthSubmitEvent) => void };
  readonly children?: ReactNode;
}

/** A form that is sent before React has loaded goes into the body of a request, never into the address. */
export function Form({ form, children }: FormProps): ReactElement {
  const part = useParts();
  return (
    <form
      {...part('form', form.status)}
      method="post"
      noValidate
      aria-busy={form.status === 'pending'}
      onSubmit={form.submit}
    >
      {children}
    </form>
  );
}

interface SubmitProps {
  readonly form: { readonly status: string };
  readonly label: string;
  readonly variant?: 'primary' | 'secondary';
  readonly slots?: AuthSlots | undefined;
}

/** Stays focusable while a request runs, so that the focus is not lost. */
export function Submit({ form, label, variant = 'primary', slots }: SubmitProps): ReactElement {
  const part = useParts();
  const isPending = form.status === 'pending';
  const props = {
    ...part('button', isPending ? 'pending' : 'idle'),
    type: 'submit',
    'aria-disabled': isPending || undefined,
    'data-variant': variant,
    children: label,
  } as const;
  return <>{slots?.submit ? slots.submit(props) : <button {...props} />}</>;
}

interface ButtonProps {
  readonly label: string;
  /** What a screen reader says, if the label alone is not clear. */
  readonly name?: string | undefined;
  readonly isPending?: boolean;
  readonly variant?: 'secondary' | 'plain';
  readonly onPress: () => void;
}

export function Button({ label, name, isPending = false, variant = 'secondary', onPress }: ButtonProps): ReactElement {
  const part = useParts();
  return (
    <button
      {...part('button', isPending ? 'pending' : 'idle')}
      type="button"
      data-variant={variant}
      aria-label={name}
      aria-disabled={isPending || undefined}
      onClick={onPress}
    >
      {label}
    </button>
  );
}

/** A link to a page of the application; nothing if it has no address. */
export function Link({ href, children }: { href: string | undefined; children: string }): ReactElement | null {
  const part = useParts();
  if (href === undefined) return null;
  return (
    <a {...part('link')} href={href}>
      {children}
    </a>
  );
}
