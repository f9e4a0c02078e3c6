import { useEffect, useId, useRef, useState } from 'react';
import { errorsIn, isFailed, missingIn, requestError, type ErrorPlaces } from './form-errors.js';
import type {
  AuthFieldProps,
  AuthForm,
  AuthFormErrors,
  AuthFormStatus,
  AuthSubmitEvent,
  FieldOptions,
  SuccessOf,
} from './form.types.js';

type Values<Field extends string> = Readonly<Record<Field, string>>;

export interface FormOptions<Field extends string, Result extends object> {
  readonly fields: Readonly<Record<Field, FieldOptions>>;
  /** Sends the values. `present` has the fields that the markup contains; the values of others are empty. */
  readonly run: (values: Values<Field>, present: ReadonlySet<Field>) => Promise<Result>;
  readonly places?: ErrorPlaces<NoInfer<Field>>;
  readonly onDone?: ((result: SuccessOf<Result>) => void) | undefined;
  /** Whether the fields show their default values afterwards, because the form stays. */
  readonly resets?: boolean;
}

interface State<Field extends string, Result> {
  readonly status: AuthFormStatus;
  readonly errors: AuthFormErrors<Field>;
  readonly result?: SuccessOf<Result>;
  readonly sent?: Readonly<Partial<Record<Field, string>>>;
}

const NO_ERRORS = {};
const idle = <Field extends string, Result>(): State<Field, Result> => ({
  status: 'idle',
  errors: NO_ERRORS as AuthFormErrors<Field>,
});

/** An idle form that still knows what it has sent, which its fields may show. */
const keeping = <Field extends string, Result>({ sent }: State<Field, Result>): State<Field, Result> => ({
  ...idle<Field, Result>(),
  ...(sent && { sent }),
});

/** A form that sends one operation. */
export function useForm<Field extends string, Result extends object>(
  options: FormOptions<Field, Result>,
): AuthForm<Field, SuccessOf<Result>> {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  /** The request that runs, unless the form was reset meanwhile. */
  const running = useRef<object>(undefined);
  const [state, setState] = useState<State<Field, Result>>(idle);
  useEffect(() => {
    if (state.status === 'failed') form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [state]);

  const send = async (values: Values<Field>, present: ReadonlySet<Field>): Promise<void> => {
    const sent = withoutPasswords(options.fields, values);
    setState({ ...idle(), status: 'pending', sent });
    const own = (running.current = {});
    const next = await outcomeOf(options, values, present);
    if (running.current !== own) return;
    running.current = undefined;
    setState({ ...next, sent });
    if (next.result && options.resets === true && form.current) resetSent(form.current, values);
    // The application may replace the screen.
    if (next.result) options.onDone?.(next.result);
  };
  const submit = (event: AuthSubmitEvent): void => {
    event.preventDefault();
    if (running.current) return;
    form.current = event.currentTarget;
    const data = new FormData(event.currentTarget);
    const values = valuesIn(data, options.fields);
    const errors = missingIn(options.fields, values);
    if (Object.keys(errors).length > 0) setState((before) => ({ ...keeping(before), status: 'failed', errors }));
    else void send(values, new Set(data.keys() as Iterable<Field>));
  };
  const reset = (): void => {
    running.current = undefined;
    setState(keeping);
  };
  const { status, errors, result, sent } = state;
  const fields = propsOf(id, options.fields, errors);
  return { fields, errors, status, result, sent, submit, reset };
}

/** Shows the default values, but keeps what the user has typed since the values were sent. */
function resetSent(form: HTMLFormElement, sent: Values<string>): void {
  const typed = ([...form.elements] as HTMLInputElement[])
    .filter(({ name, value }) => name in sent && value !== sent[name])
    .map((input) => ({ input, value: input.value }));
  form.reset();
  for (const { input, value } of typed) input.value = value;
}

async function outcomeOf<Field extends string, Result extends object>(
  { fields, run, places = {} }: FormOptions<Field, Result>,
  values: Values<Field>,
  present: ReadonlySet<Field>,
): Promise<State<Field, Result>> {
  try {
    const result = await run(values, present);
    if (isFailed(result)) return { status: 'failed', errors: errorsIn(result, fields, places) };
    return { ...idle<Field, Result>(), status: 'done', result: result as SuccessOf<Result> };
  } catch (error) {
    return { status: 'failed', errors: { form: requestError(error) } as AuthFormErrors<Field> };
  }
}

/** What the fields hold now, whoever wrote it. */
function valuesIn<Field extends string>(data: FormData, fields: Readonly<Record<Field, FieldOptions>>): Values<Field> {
  const valueOf = (name: string): string => {
    const value = data.get(name);
    return typeof value === 'string' ? value : '';
  };
  const names = Object.keys(fields) as Field[];
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Field, string>;
}

/** The state of a component is no place for a password. */
function withoutPasswords<Field extends string>(
  fields: Readonly<Record<Field, FieldOptions>>,
  values: Values<Field>,
): Readonly<Partial<Record<Field, string>>> {
  const entries = Object.entries(values) as [Field, string][];
  return Object.fromEntries(entries.filter(([name]) => fields[name].type !== 'password')) as Partial<
    Record<Field, string>
  >;
}

function propsOf<Field extends string>(
  id: string,
  fields: Readonly<Record<Field, FieldOptions>>,
  errors: AuthFormErrors<Field>,
): Readonly<Record<Field, AuthFieldProps>> {
  const names = Object.keys(fields) as Field[];
  const entries = names.map((name): [Field, AuthFieldProps] => {
    const options = fields[name];
    const isInvalid = errors[name] !== undefined;
    const isAddress = options.type === 'email' || options.type === 'url';
    return [
      name,
      {
        ...options,
        id: `${id}${name}`,
        name,
        required: options.required ?? false,
        autoCapitalize: isAddress ? 'none' : undefined,
        spellCheck: isAddress ? false : undefined,
        'aria-invalid': isInvalid || undefined,
        'aria-describedby': isInvalid ? `${id}${name}-error` : undefined,
      },
    ];
  });
  return Object.fromEntries(entries) as Record<Field, AuthFieldProps>;
}
